import type { RunFilter } from '@tenuto/engine';
import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listRuns } from './job-list.ts';
import { makePartitions } from './partitions.ts';

const RUNS = 1_000_000;
/** Rows and index entries that a page may touch: an index of tags gives all matches at once. */
const TOUCHED = RUNS / 5;
/** Fifty thousand runs are its, and none of them is bob's. */
const TASK = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
/** What may be touched of a task's runs for somebody who has none of them. */
const OF_ANOTHER = 200;

let database: TestDatabase;
let pool: pg.Pool;
const asked: { text: string; values: unknown[] }[] = [];

beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ ...database.connection, max: 2 });
  pool.on('error', () => undefined);
  await makePartitions(pool);
  // A million runs over the last week: mostly completed ones of two owners, a few of all others.
  await pool.query(`
    insert into runs (run_id, plan_hash, owner, kind, task_id, name, job_type, priority, triggered_by, tags,
      metadata, input, created_at, started_at, completed_at, status, progress, version)
    select (lpad(to_hex(at), 12, '0') || '7000' || '8000' || lpad(to_hex(i), 12, '0'))::uuid,
      '\\x00', case when i % 1000 = 0 then 'ann' when i % 2 = 0 then 'bob' else 'admin' end, 0,
      case when i % 20 = 1 then '${TASK}'::uuid end,
      'job ' || i % 5000, case when i % 777 = 0 then 'nightly' else 'dag' end, 5, 'x',
      case when i % 10 = 0 then array['red'] when i % 5001 = 0 then array['rare'] end,
      case when i % 20 = 0 then jsonb_build_object('team', 't' || i % 400) end, '{}',
      to_timestamp(at / 1000.0), to_timestamp(at / 1000.0), to_timestamp(at / 1000.0),
      (case when i % 100 = 0 then 'failed' when i % 9999 = 0 then 'timeout' else 'completed' end)
        ::run_status, '{}', 2
    from (select i, (extract(epoch from now()) * 1000)::bigint - 6 * 86400000
        + i * 500::bigint as at from generate_series(1, ${RUNS}) i) made`);
  // A million that wait, and a few hundred, the oldest, that have begun.
  await pool.query(`
    insert into run_live (run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by,
      input, created_at, started_at, status, engine, claim_key, wake_at)
    select (lpad(to_hex(at), 12, '0') || '7000' || '9000' || lpad(to_hex(i), 12, '0'))::uuid,
      '\\x00', case when i % 2 = 0 then 'bob' else 'admin' end, 0, 'job ' || i % 5000,
      case when i % 9999 = 0 then 'nightly' else 'dag' end, 5, 'x', '{}', now(),
      case when i <= 400 then now() end,
      (case when i <= 380 then 'running' when i <= 400 then 'cancelled' else 'queued' end)
        ::run_status, case when i <= 300 then gen_random_uuid() end, at, now()
    from (select i, (extract(epoch from now()) * 1000)::bigint - 86400000 + i as at
      from generate_series(1, ${RUNS}) i) made`);
  await pool.query('vacuum analyze runs, run_live');
}, 600_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Notes what is asked, to look at how it was answered. */
function noting(): pg.Pool {
  return new Proxy(pool, {
    get(target, name) {
      if (name !== 'query') return Reflect.get(target, name);
      return (query: { text: string; values: unknown[] }) => {
        asked.push(query);
        return target.query(query);
      };
    },
  });
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

function touched(node: PlanNode): number {
  const { 'Actual Loops': loops, 'Rows Removed by Filter': removed = 0 } = node;
  const own = node.Plans === undefined ? (node['Actual Rows'] + removed) * loops : 0;
  return (node.Plans ?? []).reduce((sum, plan) => sum + touched(plan), own);
}

const everything = { owner: 'admin', all: true };
const ann = { owner: 'ann', all: false };
const bob = { owner: 'bob', all: false };
const now = Date.now();

const cases: [string, { owner: string; all: boolean }, RunFilter][] = [
  ['nothing', everything, {}],
  ['a status that most of the live ones have', everything, { statuses: ['queued'] }],
  ['a status that few of the live ones have', everything, { statuses: ['running'] }],
  ['a status that the oldest live ones have', everything, { statuses: ['cancelled'] }],
  ['a status that no live one has', everything, { statuses: ['scheduled', 'pending'] }],
  ['a live status, for one with many runs', bob, { statuses: ['running'] }],
  ['nothing, for one with few runs', ann, {}],
  ['nothing, for one with many runs', bob, {}],
  ['a status that most have', everything, { statuses: ['completed'] }],
  ['a status that few have', everything, { statuses: ['timeout'] }],
  ['a status that none has', everything, { statuses: ['aborted'] }],
  ['several statuses', everything, { statuses: ['completed', 'failed', 'timeout', 'running'] }],
  ['a status, for one with few runs', ann, { statuses: ['failed'] }],
  ['a status, for one with many runs', bob, { statuses: ['timeout'] }],
  ['a rare type', everything, { jobType: 'nightly' }],
  ['the usual type', everything, { jobType: 'dag' }],
  ['a type that none has', everything, { jobType: 'weekly' }],
  ['a tag that many have', everything, { tag: 'red' }],
  ['a rare tag', everything, { tag: 'rare' }],
  ['a tag that none has', everything, { tag: 'none' }],
  ['a name', everything, { name: 'job 77' }],
  ['a name that none has', everything, { name: 'none' }],
  ['the beginning of a name', everything, { namePrefix: 'job 7' }],
  ['metadata', everything, { metadata: [['team', 't20']] }],
  ['metadata that none has', everything, { metadata: [['team', 'none']] }],
  ['the last hour', everything, { createdFrom: now - 3_600_000 }],
  [
    'an hour long ago',
    everything,
    { createdFrom: now - 5 * 864e5, createdBefore: now - 5 * 864e5 + 36e5 },
  ],
  ['a tag and a status', everything, { tag: 'red', statuses: ['failed'] }],
  ['a name and an owner', bob, { name: 'job 78' }],
  ['a task', everything, { kind: 'any', taskId: TASK }],
];

describe('a million runs, listed by', () => {
  it.each(cases)('%s, take no scan of them all', async (name, access, filter) => {
    asked.length = 0;
    const from = performance.now();
    const page = await listRuns(noting(), access, filter, { limit: 20, offset: 0 });
    const ms = performance.now() - from;
    const counts: number[] = [];
    for (const { text, values } of asked.filter((query) => !/^explain/.test(query.text))) {
      const { rows } = await pool.query(`explain (analyze, format json) ${text}`, values);
      counts.push(touched(rows[0]['QUERY PLAN'][0].Plan));
    }
    console.log(`${name}: ${ms.toFixed(1)} ms, ${counts.join(' + ')} rows, total ${page.total}`);
    for (const count of counts) expect(count).toBeLessThan(TOUCHED);
  });

  it('a task, for one with many runs of whom none is its', async () => {
    asked.length = 0;
    const filter: RunFilter = { kind: 'any', taskId: TASK };
    await listRuns(noting(), bob, filter, { limit: 20, offset: 0 });
    for (const { text, values } of asked) {
      const { rows } = await pool.query(`explain (analyze, format json) ${text}`, values);
      console.log(
        text,
        JSON.stringify(values),
        (await pool.query(`explain analyze ${text}`, values)).rows
          .map((r) => r['QUERY PLAN'])
          .join('\n'),
      );
      expect(touched(rows[0]['QUERY PLAN'][0].Plan)).toBeLessThan(OF_ANOTHER);
    }
  });
});
