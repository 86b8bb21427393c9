/** A list of a million runs against one of a hundred, as the console asks for them. */
import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RUNS } from './real-api.ts';
import { startApi, type TestApi } from './server.ts';

const MANY = 1_000_000;
const FEW = 100;
const ROUNDS = 21;

let many: TestApi;
let few: TestApi;
beforeAll(async () => {
  [many, few] = await Promise.all([filled(MANY), filled(FEW)]);
}, 900_000);
afterAll(async () => {
  await many?.[Symbol.asyncDispose]();
  await few?.[Symbol.asyncDispose]();
});

/** Runs of the last six days of several kinds, statuses, names and tags; one in a hundred failed. */
async function filled(runs: number): Promise<TestApi> {
  const api = await startApi();
  await makePartitions(api.pool);
  await api.pool.query(`
    insert into runs (run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by, tags,
      metadata, input, created_at, started_at, completed_at, status, progress, version)
    select (lpad(to_hex(at), 12, '0') || '7000' || '8000' || lpad(to_hex(i), 12, '0'))::uuid,
      '\\x00', case when i % 2 = 0 then 'bob' else 'admin' end, case when i % 50 = 0 then 1 else 0 end,
      'job ' || i % 5000, 'dag', 5, 'x',
      case when i % 10 = 0 then array['red'] when i % 5001 = 0 then array['rare'] end,
      case when i % 20 = 0 then jsonb_build_object('team', 't' || i % 400) end, '{}',
      to_timestamp(at / 1000.0), to_timestamp(at / 1000.0), to_timestamp(at / 1000.0) + '3 s',
      (case when i % 100 = 0 then 'failed' else 'completed' end)::run_status, '{}', 2
    from (select i, (extract(epoch from now()) * 1000)::bigint - 6 * 86400000
        + (i * (518400000 / ${runs}.0))::bigint as at from generate_series(1, ${runs}) i) made`);
  await api.pool.query('vacuum analyze runs');
  return api;
}

const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString();

const QUESTIONS: readonly (readonly [string, () => string])[] = [
  ['the first page', () => ''],
  ['failed ones', () => '&status=failed&status=timeout'],
  ['failed ones of phased runs', () => '&status=failed&kind=phased'],
  ['a kind', () => '&kind=phased'],
  ['the beginning of a name', () => '&name=job%207'],
  ['a tag that many have', () => '&tag=red'],
  ['a rare tag', () => '&tag=rare'],
  ['a tag and a status', () => '&tag=red&status=failed'],
  ['a day', () => `&created_after=${day(4)}&created_before=${day(3)}`],
  ['failed ones of a day', () => `&status=failed&created_after=${day(4)}&created_before=${day(3)}`],
  ['what runs', () => '&status=running&status=queued'],
];

async function ms(api: TestApi, path: string): Promise<number> {
  const began = performance.now();
  const { status } = await api.call(path);
  expect([path, status]).toEqual([path, 200]);
  return performance.now() - began;
}

function median(of: readonly number[]): number {
  return of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0;
}

async function both(what: string, paths: readonly [string, string]): Promise<void> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    times[0].push(await ms(few, paths[0]));
    times[1].push(await ms(many, paths[1]));
  }
  const [small, large] = [median(times[0]), median(times[1])];
  console.log(`${what}: ${small.toFixed(1)} ms of ${FEW}, ${large.toFixed(1)} ms of ${MANY}`);
  // Only a question that reads them all takes seconds.
  expect(large).toBeLessThan(1_000);
}

describe('a million runs, asked for', () => {
  it.each(QUESTIONS)('%s, answer like a hundred', async (what, query) => {
    const path = `${RUNS}?limit=50${query()}`;
    await both(what, [path, path]);
  });

  it('in the depth, answer like a hundred', async () => {
    const start = await few.call(`${RUNS}?limit=50`);
    const deep = await many.call(`${RUNS}?limit=1&created_before=${day(5.9)}`);
    const cursors = [start.body.next_cursor, deep.body.next_cursor];
    const [small, large] = cursors.map((cursor) => `${RUNS}?limit=50&cursor=${cursor}`);
    await both('a page in the depth', [small ?? '', large ?? '']);
  });

  it('as a summary of a week, answer like a hundred', async () => {
    const path = `${RUNS}/stats/summary?days=7`;
    await both('the summary of a week', [path, path]);
  });
});
