/** Where a run stands, and which runs a filter matches. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ANN, type ApiDesk, auditOf, EVE, openApiDesk } from './api-desk.ts';

let desk: ApiDesk;
beforeAll(async () => {
  desk = await openApiDesk();
});
afterAll(() => desk.close());
beforeEach(() => desk.ask('delete from run_live'));

const pause = (runId: string) =>
  desk.jobs.tell(ANN, {
    ...{ runId, type: 'pause', body: { actor: 'ann' } },
    audit: auditOf('job.paused', runId),
  });

describe('a run that waits in the queue', () => {
  test('has so many of its owner before it', async () => {
    const now = Date.now();
    const runs: string[] = [];
    for (let i = 0; i < 4; i += 1) runs.push(await desk.queued({ createdAt: now + i }));
    await desk.queued({ createdAt: now - 10, submission: { owner: 'bob' } });
    for (const [i, runId] of runs.entries()) {
      const standing = await desk.jobs.standing(ANN, runId);
      expect(standing).toMatchObject({ engine: null, ahead: i, engines: 1, told: [] });
    }
    const urgent = await desk.queued({ createdAt: now + 9, submission: { priority: 1 } });
    expect((await desk.jobs.standing(ANN, urgent))?.ahead).toBe(0);
  });

  test('is not behind what is not due', async () => {
    const scheduledAt = Date.now() + 60_000;
    await desk.queued({ status: 'scheduled', submission: { scheduledAt, priority: 1 } });
    const runId = await desk.queued({ createdAt: Date.now() + 120_000 });
    expect((await desk.jobs.standing(ANN, runId))?.ahead).toBe(0);
  });

  test('is counted past up to a thousand', async () => {
    const runId = await desk.queued({ createdAt: Date.now() + 1_000 });
    await desk.ask(
      `insert into run_live (run_id, plan_hash, owner, kind, name, job_type, priority,
         triggered_by, input, created_at, status, claim_key, wake_at)
       select gen_random_uuid(), '', 'ann', 0, 'x', 'dag', 5, 'ann', '{}', now(), 'queued', n, now()
       from generate_series(1, 3000) n`,
    );
    expect((await desk.jobs.standing(ANN, runId))?.ahead).toBe(1_000);
  });
});

describe('a run that has an owner', () => {
  test('names it, whether it stands, what it has not heard, and what goes on', async () => {
    const { runId } = await desk.running();
    await pause(runId);
    await desk.ask(`insert into started values ($1, 3, 2, '2026-01-01T00:00:00Z')`, [runId]);
    expect(await desk.jobs.standing(ANN, runId)).toMatchObject({
      engine: { engineId: desk.owner.engineId, name: 'test', alive: true },
      ...{ ahead: 0, engines: 1, told: ['pause'], wakeAt: expect.any(Number) },
      started: [{ node: 3, attempt: 2, startedAt: Date.UTC(2026, 0, 1) }],
    });
  });

  test('that has died is said to have', async () => {
    const { runId } = await desk.running();
    await desk.ask('update run_live set engine = $2 where run_id = $1', [runId, randomUUID()]);
    expect((await desk.jobs.standing(ANN, runId))?.engine).toMatchObject({ alive: false });
  });

  test('is seen by nobody who may not, nor once it is over', async () => {
    const run = await desk.running();
    expect(await desk.jobs.standing(EVE, run.runId)).toBeUndefined();
    await run.finish('completed');
    expect(await desk.jobs.standing(ANN, run.runId)).toBeUndefined();
  });
});

describe('the runs that a filter matches', () => {
  test('are those of the list, in its order, with what their owners have not heard', async () => {
    const tags = ['wanted'];
    const { runId } = await desk.running({ submission: { tags } });
    await pause(runId);
    await pause(runId);
    const queued = await desk.queued({ submission: { tags } });
    const failed = await desk.ended('failed', { submission: { tags } });
    await desk.ended('failed');
    const filter = { tag: 'wanted' };
    const all = await desk.jobs.matching(ANN, filter, { after: undefined, limit: 10 });
    const listed = await desk.jobs.list(ANN, filter, { limit: 10, offset: 0 });
    expect(all.map((run) => run.runId)).toEqual(listed.items.map((run) => run.runId));
    const byId = new Map(all.map((run) => [run.runId, run]));
    expect(byId.get(runId)).toEqual({
      ...{ runId, name: 'a run', status: 'running', version: 1, started: true, over: false },
      told: ['pause'],
    });
    expect(byId.get(queued)).toMatchObject({ status: 'queued', started: false, told: [] });
    expect(byId.get(failed)).toMatchObject({ status: 'failed', over: true, started: true });
  });

  test('come in pages that leave none out', async () => {
    const tags = ['paged'];
    const made: string[] = [];
    for (let i = 0; i < 7; i += 1) made.push(await desk.queued({ submission: { tags } }));
    const found: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await desk.jobs.matching(ANN, { tag: 'paged' }, { after, limit: 3 });
      if (page.length === 0) break;
      found.push(...page.map((run) => run.runId));
      after = found.at(-1);
    }
    expect(found).toEqual(made.toSorted().toReversed());
    expect(await desk.jobs.matching(EVE, { tag: 'paged' }, { after: undefined, limit: 3 })).toEqual(
      [],
    );
  });
});
