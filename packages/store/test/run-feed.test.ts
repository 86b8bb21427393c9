/** Feeds of runs on a real database: whatever the order of writes, looks and advances, all is told once. */
import { type FeedLook, nextEntries, type RunFeedStore } from '@tenuto/engine';
import { openApiStore } from '@tenuto/store';
import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePartitions } from '../src/queries/partitions.ts';

let database: TestDatabase;
let pool: pg.Pool;
let stores: readonly ReturnType<typeof openApiStore>[];
beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ ...database.connection, max: 4 });
  pool.on('error', () => undefined);
  await makePartitions(pool);
  stores = [openApiStore(database.connection), openApiStore(database.connection)];
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await pool.end();
  await database.drop();
});

interface Told {
  readonly seq: number;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A run whose rows a test writes, and two servers that advance its feed. */
async function aRun() {
  const [made] = (await pool.query<{ id: string }>('select uuid_v7() as id')).rows;
  const runId = made?.id ?? '';
  await pool.query(
    `insert into run_live (run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by,
       input, created_at, started_at, status, claim_key, wake_at)
     values ($1, '\\x00', 'ann', 0, 'r', 'dag', 5, 'ann', '{}', clock_timestamp(),
       clock_timestamp(), 'running', 1, 'infinity')`,
    [runId],
  );
  await feedOf(0).open(runId);
  const looks: (FeedLook | undefined)[] = [];
  const written: string[] = [];
  const lines = new Map<number, number>();
  let seq = 0;
  let open: { client: pg.PoolClient; what: string } | undefined;
  let artifacts = 0;
  let clock = 0;
  // Times that go back now and then must lose nothing.
  const at = (back: boolean) => {
    clock += back ? -3 : 1;
    return `clock_timestamp() + ${clock} * interval '1 second' - interval '100 seconds'`;
  };
  const run = {
    runId,
    written,
    async attempt(node: number, back: boolean) {
      seq += 1;
      await pool.query(
        `insert into attempts (run_id, node, attempt, seq, generation, status, started_at, ended_at)
         values ($1, $2, $3, $4, 0, 'completed', ${at(back)}, ${at(back)})`,
        [runId, node, seq, seq],
      );
      written.push(`node ${node} ${seq}`);
    },
    async event(back: boolean) {
      seq += 1;
      await pool.query(
        `insert into run_events (run_id, seq, at, type, body)
         values ($1, $2, ${at(back)}, 'signal', $3)`,
        [runId, seq, JSON.stringify({ name: `s${seq}` })],
      );
      written.push(`note s${seq}`);
    },
    async log(node: number, count: number, back: boolean) {
      for (let i = 0; i < count; i += 1) {
        const line = (lines.get(node) ?? 0) + 1;
        lines.set(node, line);
        await pool.query(
          `insert into node_logs (run_id, node, attempt, seq, at, stream, text)
           values ($1, $2, 1, $3, ${at(back)}, 'stdout', 'x')`,
          [runId, node, line],
        );
        written.push(`log ${node} ${line}`);
      }
    },
    /** Written in a transaction that is committed later. */
    async artifact() {
      await run.commit();
      artifacts += 1;
      const client = await pool.connect();
      await client.query('begin');
      await client.query(
        `insert into artifacts (run_id, node, attempt, path, name, media_type, size_bytes, hash)
         values ($1, 0, 1, $2, $2, 'text/plain', 1, '\\x00')`,
        [runId, `a${artifacts}`],
      );
      open = { client, what: `artifact a${artifacts}` };
    },
    async commit() {
      await open?.client.query('commit');
      open?.client.release();
      if (open !== undefined) written.push(open.what);
      open = undefined;
    },
    async finish() {
      await run.commit();
      await pool.query(
        `with gone as (delete from run_live where run_id = $1 returning *)
         insert into runs (run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by,
           input, created_at, started_at, completed_at, status, progress, version)
         select run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by, input,
           created_at, started_at, clock_timestamp() - interval '2 seconds', 'completed', '{}', 1
         from gone`,
        [runId],
      );
    },
    async look(server: number) {
      looks[server] = await feedOf(server).look(runId);
    },
    /** @returns whether there was something to tell, and it is told */
    async advance(server: number): Promise<boolean> {
      const look = looks[server];
      if (look === undefined) return false;
      const { advance } = nextEntries(look, (node) => `n${node}`);
      return advance !== undefined && (await feedOf(server).advance(advance));
    },
    async toTheEnd() {
      do await run.look(0);
      while (await run.advance(0));
    },
    async told(): Promise<Told[]> {
      const { rows } = await pool.query<{ seq: string; entry: string }>(
        'select seq, entry from run_feed where run_id = $1 order by seq',
        [runId],
      );
      return rows.map(({ seq: number, entry }) => ({ ...JSON.parse(entry), seq: Number(number) }));
    },
  };
  return run;
}

function feedOf(server: number): RunFeedStore {
  const store = stores[server];
  if (store === undefined) throw new Error('there are two servers');
  return store.feeds;
}

/** What was written, as the entries tell it. */
function namesOf(entries: readonly Told[]): string[] {
  return entries.flatMap((entry) => {
    if (entry.type === 'node') return [`node ${String(entry.node_id).slice(1)} ${entry.attempt}`];
    if (entry.type === 'note') return [`note ${entry.name}`];
    if (entry.type === 'log') return [`log ${String(entry.node_id).slice(1)} ${entry.line}`];
    return entry.type === 'artifact' ? [`artifact ${entry.path}`] : [];
  });
}

const node = fc.integer({ min: 0, max: 2 });
const server = fc.integer({ min: 0, max: 1 });
const step = fc.oneof(
  fc.record({ do: fc.constant('attempt' as const), node, back: fc.boolean() }),
  fc.record({ do: fc.constant('event' as const), back: fc.boolean() }),
  fc.record({
    do: fc.constant('log' as const),
    node,
    count: fc.integer({ min: 1, max: 3 }),
    back: fc.boolean(),
  }),
  fc.record({ do: fc.constant('artifact' as const) }),
  fc.record({ do: fc.constant('commit' as const) }),
  fc.record({ do: fc.constant('look' as const), server }),
  fc.record({ do: fc.constant('advance' as const), server }),
);

describe('the feed of a run', () => {
  it('tells everything once, numbered without gaps, whoever looks and advances when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const run = await aRun();
        for (const one of steps) {
          if (one.do === 'attempt') await run.attempt(one.node, one.back);
          else if (one.do === 'event') await run.event(one.back);
          else if (one.do === 'log') await run.log(one.node, one.count, one.back);
          else if (one.do === 'artifact') await run.artifact();
          else if (one.do === 'commit') await run.commit();
          else if (one.do === 'look') await run.look(one.server);
          else await run.advance(one.server);
        }
        const before = await run.told();
        await run.finish();
        await run.toTheEnd();
        const told = await run.told();
        expect(told.map(({ seq }) => seq)).toEqual(told.map((_, i) => i + 1));
        // What was told once stays as it was.
        expect(told.slice(0, before.length)).toEqual(before);
        expect(namesOf(told).toSorted()).toEqual(run.written.toSorted());
        // Each source in its own order.
        const inJournal = (names: readonly string[]) =>
          names.filter((name) => /^n/.test(name)).map((name) => Number(/\d+$/.exec(name)?.[0]));
        expect(inJournal(namesOf(told))).toEqual(inJournal(run.written).toSorted((a, b) => a - b));
        for (const which of [0, 1, 2]) {
          const ofNode = namesOf(told).filter((name) => name.startsWith(`log ${which} `));
          expect(ofNode).toEqual(run.written.filter((name) => name.startsWith(`log ${which} `)));
        }
        expect(told.slice(0, 2).map(({ to }) => to)).toEqual(['pending', 'queued']);
        expect(told.at(-1)).toMatchObject({ type: 'end', status: 'completed' });
        expect(told.filter(({ type }) => type === 'end')).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });

  it('goes to who was faster, when two have looked at the same time', async () => {
    const run = await aRun();
    await run.attempt(0, false);
    await Promise.all([run.look(0), run.look(1)]);
    const advanced = await Promise.all([run.advance(0), run.advance(1)]);
    expect(advanced.toSorted()).toEqual([false, true]);
    expect(namesOf(await run.told())).toEqual(['node 0 1']);
  });

  it('goes on when a run that was over goes on', async () => {
    const run = await aRun();
    await run.finish();
    await run.toTheEnd();
    await pool.query(
      `with back as (delete from runs where run_id = $1 returning *)
       insert into run_live (run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by,
         input, created_at, started_at, status, claim_key, wake_at)
       select run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by, input,
         created_at, started_at, 'retrying', 0, clock_timestamp() from back`,
      [run.runId],
    );
    await pool.query(
      `insert into run_events (run_id, seq, at, type, body) values ($1, 1, clock_timestamp(),
         'transition', '{"from": "completed", "to": "retrying", "actor": "ann", "ended_at": 1}')`,
      [run.runId],
    );
    await run.look(0);
    await run.advance(0);
    await run.finish();
    await run.toTheEnd();
    const told = await run.told();
    expect(told.map((entry) => entry.to ?? entry.type).slice(2)).toEqual([
      ...['running', 'completed', 'end', 'retrying', 'completed', 'end'],
    ]);
  });

  it('tells of the costs of models, of votes, and of files that are gone', async () => {
    const run = await aRun();
    await pool.query(
      `insert into calls (run_id, call_id, key, node_key, loop, step, tool, node, node_id, attempt,
         owner, phase, agent, kind, target, state, budgets, cost_nano, input_tokens, output_tokens)
       select $1, uuid_v7(), sha256(s::text::bytea), 'k', 'main', s, '', 2, 'n2', 1, 'ann', 'plan',
         'pm', 'model', 'openai/x', case s when 1 then 'done' else 'open' end, '{}', 3500000, 100, 20
       from generate_series(1, 2) s`,
      [run.runId],
    );
    await pool.query(
      `insert into approvals (approval_id, run_id, key, owner, node, node_id, title, deciders,
         required, on_deadline, state, decisions, in_cleanup, opened_at, decided_at)
       values (uuid_v7(), $1, 'k', 'ann', 1, 'n1', 'Ship it?', '{}', 1, 'reject', 'approved',
         '[{"by": "bob", "decision": "approve", "at": "2026-01-15T09:30:00.000Z"}]', false,
         '2026-01-15T09:00:00Z', '2026-01-15T09:30:00.001Z')`,
      [run.runId],
    );
    await pool.query(
      `insert into artifacts (run_id, node, attempt, name, path, media_type, size_bytes, gone,
         internal) select $1, 1, 1, s, s, 'text/plain', 0, true, s = 'hidden'
       from unnest(array['old.txt', 'hidden']) s`,
      [run.runId],
    );
    await run.finish();
    await run.toTheEnd();
    const told = await run.told();
    expect(told.filter(({ type }) => type === 'cost')).toMatchObject([
      { node_id: 'n2', phase: 'plan', agent: 'pm', model: 'openai/x', cost_usd: 0.0035 },
    ]);
    expect(
      told
        .filter(({ type }) => type === 'approval')
        .map(({ what, state, by }) => [what, state, by]),
    ).toEqual([
      ['asked', 'open', null],
      ['vote', 'open', 'bob'],
      ['decided', 'approved', null],
    ]);
    expect(told.filter(({ type }) => type === 'artifact')).toMatchObject([
      { path: 'old.txt', gone: true, sha256: null },
    ]);
  });

  it('is given up once its run is over and nobody has followed it for long', async () => {
    const [over, live] = [await aRun(), await aRun()];
    await over.finish();
    await over.toTheEnd();
    await live.look(0);
    await live.advance(0);
    await pool.query(`update run_feeds set followed_at = clock_timestamp() - interval '2 days'`);
    expect(await feedOf(0).prune(86_400_000)).toBeGreaterThan(0);
    expect([await over.told(), (await live.told()).length > 0]).toEqual([[], true]);
    expect(await feedOf(0).look(over.runId)).toBeUndefined();
  });
});
