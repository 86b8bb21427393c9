/** However much history there is, an examination looks at a part of it, by indexes. */
import { compilePlan } from '@tenuto/engine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Desk, openDesk } from '../desk.ts';
import { foundBy, type OpenDoctor, openDoctor } from './examination.ts';

const RUNS = 1_000_000;
const WAITING = 200_000;
const OWNED = 5_000;
const KEYS = 200_000;
const BATCHES = 100_000;
const MOST_MS = 2_000;

let desk: Desk;
let doctor: OpenDoctor;
beforeAll(async () => {
  desk = await openDesk();
  await fill(desk);
  doctor = openDoctor(desk.connection);
}, 900_000);
afterAll(async () => {
  await doctor.close();
  await desk.close();
});

/** Ids in the order of `n`, over the last week. */
const ID = (kind: number) => `(lpad(to_hex(at), 12, '0') || '7000' || '${kind}000'
  || lpad(to_hex(n), 12, '0'))::uuid`;
const TIMES = (count: number) => `(
  select n, (extract(epoch from now()) * 1000)::bigint - 6 * 86400000 + n * (5 * 86400000 / ${count})
    as at from generate_series(1::bigint, ${count}) n) made`;

/** A sound store of a million runs that are over, and as much of all else as goes with them. */
async function fill({ ask, engine, store }: Desk): Promise<void> {
  const plan = compilePlan({ nodes: [{ id: 'a', uses: 'noop' }] });
  await store.putPlan(plan.hash, plan.document, plan.nodeCount);
  const { engineId, epoch } = await engine();
  const shared = `decode('${plan.hash}', 'hex'), 'ann', 0, 'a run', 'dag', 5, 'ann',
    '{"params":{},"maxConcurrentNodes":10,"failFast":false,"timeoutMs":1000}'`;
  const columns = `run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by, input,
    created_at, started_at`;
  const counts =
    '{"counts":{"pending":0,"running":0,"completed":1,"failed":0,"skipped":0},"retries":0}';
  const time = 'to_timestamp(at / 1000.0)';
  await ask(
    `insert into runs (${columns}, completed_at, status, progress, version)
     select ${ID(8)}, ${shared}, ${time}, ${time}, ${time}, 'completed', '${counts}', 2
     from ${TIMES(RUNS)}`,
  );
  await ask(
    `insert into attempts (run_id, node, attempt, seq, generation, status, output, started_at,
       ended_at)
     select run_id, 0, 1, 1, 0, 'completed', 'null', created_at, created_at from runs`,
  );
  await ask(
    `insert into run_live (${columns}, status, engine, claim_key, wake_at)
     select ${ID(9)}, ${shared}, ${time}, case when n <= ${OWNED} then ${time} end,
       (case when n <= ${OWNED} then 'running' else 'queued' end)::run_status,
       case when n <= ${OWNED} then $1::uuid end, at + 120000, ${time}
     from ${TIMES(WAITING)}`,
    [engineId],
  );
  await ask(
    `insert into audit (audit_id, at, actor, action, subject, details)
     select run_id, created_at, 'ann', 'job.created', run_id::text, '{}'
     from (select run_id, created_at from runs
           union all select run_id, created_at from run_live) r`,
  );
  await ask(
    `insert into idempotency_keys (owner, key, request_hash, run_id)
     select 'ann', run_id::text, '', run_id from (
       select run_id from runs order by run_id desc limit ${KEYS}) r`,
  );
  await ask(
    `insert into batches (engine, epoch, lane, seq, floor_seq)
     select $1, $2, 0, n, 1 from generate_series(1, ${BATCHES}) n`,
    [engineId, epoch],
  );
  await ask(
    `insert into started (run_id, node, attempt, started_at)
     select run_id, 0, 1, now() from run_live where engine is not null`,
  );
}

test('takes less than two seconds, without statistics and with them', async () => {
  const times: number[] = [];
  for (const upkeep of ['', '', 'analyze', '', '']) {
    if (upkeep !== '') await desk.ask(upkeep);
    const from = performance.now();
    const report = await doctor.examine();
    times.push(Math.round(performance.now() - from));
    expect(foundBy(report)).toEqual([]);
    expect(report.sample).toEqual({ liveRuns: 500, overRuns: 500, leftOut: 0 });
  }
  console.log(`examinations of ${RUNS} runs: ${times.join(', ')} ms`);
  expect(Math.max(...times)).toBeLessThan(MOST_MS);
}, 120_000);

test('looks at far more when it is to be deep', async () => {
  const from = performance.now();
  const report = await doctor.examine({ deep: true });
  console.log(`a deep one: ${Math.round(performance.now() - from)} ms`);
  expect(foundBy(report)).toEqual([]);
  expect(report.sample).toEqual({ liveRuns: 20_000, overRuns: 20_000, leftOut: 0 });
}, 120_000);

test('finds one wrong run among the newest', async () => {
  const [row] = await desk.ask<{ run_id: string }>(
    'select run_id from runs order by run_id desc offset 7 limit 1',
  );
  await desk.ask('delete from runs where run_id = $1', [row?.run_id]);
  const lines = foundBy(await doctor.examine());
  expect(lines).toContain(`lost_run: ${row?.run_id} has attempts and is nowhere`);
}, 60_000);
