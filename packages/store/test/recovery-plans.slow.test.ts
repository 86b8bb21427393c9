/** Lists of recoveries and interventions beside hundreds of thousands of others: each reads little. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, ANN, type ApiDesk, openApiDesk } from './api-desk.ts';

const ROWS = 200_000;
/** Pages of 8 KiB, for a few hundred rows that lie apart; the tables have many thousands. */
const FEW = 2_000;

let desk: ApiDesk;
let runId = '';
beforeAll(async () => {
  desk = await openApiDesk();
  runId = (await desk.running()).runId;
  await desk.ask(
    `insert into recoveries (session_id, run_id, owner, trigger, action, parameters, actor,
       state_before, started_at)
     select uuid_v7(), case when n % 1000 = 0 then $1::uuid else gen_random_uuid() end,
       case when n % 1000 = 0 then 'ann' else 'bob' end, 'failure', 'retry_job', '{}', 'policy',
       'failed', now()
     from generate_series(1, ${ROWS}) n`,
    [runId],
  );
  for (const event of ['started', 'completed']) {
    await desk.ask(
      `insert into recovery_audits (audit_id, session_id, run_id, owner, event, trigger, action,
         actor, state_before, success, details, at)
       select uuid_v7(), session_id, run_id, owner, $1, trigger, action, actor, state_before, true,
         '{}', now() from recoveries`,
      [event],
    );
  }
  await desk.ask(
    `insert into interventions (intervention_id, run_id, owner, session_id, message, state,
       assignee, opened_at, deadline_at, default_resolution)
     select uuid_v7(), case when n % 1000 = 0 then $1::uuid else gen_random_uuid() end,
       case when n % 1000 = 0 then 'ann' else 'bob' end, gen_random_uuid(), 'x',
       case when n % 5000 = 0 then 'open' else 'resolved' end,
       case when n % 2000 = 0 then 'zoe' end, now(), now() + interval '1 day', 'abort'
     from generate_series(1, ${ROWS}) n`,
    [runId],
  );
  for (const table of ['recoveries', 'recovery_audits', 'interventions']) {
    await desk.ask(`analyze ${table}`);
  }
}, 300_000);
afterAll(() => desk.close());

/** Pages of tables and indexes that something has read. */
async function pagesOf(work: () => Promise<unknown>): Promise<number> {
  const before = await read();
  await work();
  return (await read()) - before;
}

async function read(): Promise<number> {
  // What the pool has read is told once its sessions are idle for a moment.
  const total = async () => {
    const { pages } = await desk.one<{ pages: number }>(
      `select pg_stat_clear_snapshot(), sum(coalesce(idx_blks_read, 0) + coalesce(idx_blks_hit, 0)
         + heap_blks_read + heap_blks_hit)::int as pages from pg_statio_user_tables
       where relname in ('recoveries', 'recovery_audits', 'interventions')`,
    );
    return pages;
  };
  for (let last = -1; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const now = await total();
    if (now === last) return now;
    last = now;
  }
}

const page = { limit: 20, offset: 0 };

describe('beside 200,000 others', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['recoveries of an owner', () => desk.recoveries.recoveries(ANN, {}, page)],
    ['recoveries of a run', () => desk.recoveries.recoveries(ANN, { runId }, page)],
    ['recovery audits of a run', () => desk.recoveries.audits(ANN, { runId }, page)],
    ['interventions of an owner', () => desk.recoveries.interventions(ANN, {}, page)],
    ['interventions of a run', () => desk.recoveries.interventions(ANN, { runId }, page)],
    [
      'open interventions of everybody',
      () => desk.recoveries.interventions(ADMIN, { states: ['open', 'assigned'] }, page),
    ],
    [
      'interventions of an assignee',
      () => desk.recoveries.interventions(ADMIN, { assignee: 'zoe' }, page),
    ],
    ['deadlines that have passed', () => desk.store.expireInterventions()],
  ])('%s are found in few pages', async (_, work) => {
    expect(await pagesOf(work)).toBeLessThan(FEW);
  });

  test.each<[string, () => Promise<unknown>]>([
    [
      'recoveries of a status',
      () => desk.recoveries.recoveries(ADMIN, { status: 'running' }, page),
    ],
    [
      'recoveries of an action',
      () => desk.recoveries.recoveries(ADMIN, { action: 'skip_node' }, page),
    ],
    ['audits of a trigger', () => desk.recoveries.audits(ADMIN, { trigger: 'manual' }, page)],
    ['the effectiveness of actions', () => desk.recoveries.effectiveness(ADMIN)],
  ])('%s are looked for among the newest only, in a moment', async (_, work) => {
    const began = performance.now();
    await work();
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
