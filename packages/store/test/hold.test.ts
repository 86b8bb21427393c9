/** Runs that are held back before they have started, and let go again. */
import { randomUUID } from 'node:crypto';
import type { Hold } from '@tenuto/engine';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANN, type ApiDesk, auditOf, EVE, openApiDesk } from './api-desk.ts';

let desk: ApiDesk;
beforeAll(async () => {
  desk = await openApiDesk();
});
afterAll(() => desk.close());

const hold = (runId: string, held = true, over: Partial<Hold> = {}) =>
  desk.jobs.hold(ANN, {
    ...{ runId, held, reason: 'freeze' },
    audit: auditOf(held ? 'job.paused' : 'job.resumed', runId),
    ...over,
  });
const claim = () => desk.store.claim({ ...desk.owner, limit: 100 });
const row = (runId: string) =>
  desk.one<{ status: string; claim_key: string; wake: string; version: number }>(
    `select status::text, claim_key, wake_at::text as wake, version from run_live
     where run_id = $1`,
    runId,
  );
const HOUR = 3_600_000;

describe('a run that is held back', () => {
  test('is claimed by nobody, and by somebody once it is let go', async () => {
    const runId = await desk.queued();
    const before = await row(runId);
    expect(await hold(runId)).toBe('changed');
    expect(await row(runId)).toMatchObject({ status: 'paused', wake: 'infinity', version: 2 });
    expect(await claim()).toEqual([]);
    expect(await hold(runId, false)).toBe('changed');
    expect(await row(runId)).toEqual({ ...before, version: 3 });
    expect(await claim()).toEqual([runId]);
  });

  test('has its transitions in its journal and its audit rows', async () => {
    const runId = await desk.queued();
    await hold(runId);
    await hold(runId, false);
    const said = { actor: 'ann', reason: 'freeze' };
    expect(await desk.events(runId)).toEqual([
      { seq: 1, type: 'transition', body: { from: 'queued', to: 'paused', ...said } },
      { seq: 2, type: 'transition', body: { from: 'paused', to: 'queued', ...said } },
    ]);
    const actions = (await desk.audits(runId)).map(({ action }) => action);
    expect(actions).toEqual(['job.paused', 'job.resumed']);
    await claim();
  });

  test('is scheduled again when its time is still to come, by way of queued', async () => {
    const scheduledAt = Date.now() + HOUR;
    const runId = await desk.queued({ status: 'scheduled', submission: { scheduledAt } });
    const before = await row(runId);
    await hold(runId);
    await hold(runId, false);
    expect(await row(runId)).toEqual({ ...before, version: 3 });
    expect((await desk.events(runId)).map(({ seq, body }) => [seq, body.from, body.to])).toEqual([
      [1, 'scheduled', 'paused'],
      [2, 'paused', 'queued'],
      [3, 'queued', 'scheduled'],
    ]);
  });

  test('is queued when its time has come meanwhile', async () => {
    const scheduledAt = Date.now() + HOUR;
    const runId = await desk.queued({ status: 'scheduled', submission: { scheduledAt } });
    await hold(runId);
    await desk.ask(`update run_live set scheduled_at = now() where run_id = $1`, [runId]);
    await hold(runId, false);
    expect((await row(runId)).status).toBe('queued');
    expect(await claim()).toEqual([runId]);
  });

  test('stays so when its time or its priority is changed, and then goes by them', async () => {
    const runId = await desk.queued();
    await hold(runId);
    const scheduledAt = Date.now() + HOUR;
    const audit = auditOf('job.edited', runId);
    expect(await desk.jobs.edit(ANN, { runId, scheduledAt, priority: 2, audit })).toBe('edited');
    expect(await row(runId)).toMatchObject({ status: 'paused', wake: 'infinity' });
    expect(await claim()).toEqual([]);
    await hold(runId, false);
    const after = await row(runId);
    expect(after.status).toBe('scheduled');
    expect(Number(after.claim_key)).toBe(scheduledAt + 30_000);
  });

  test('is cancelled as any other: its owner is asked, whoever that will be', async () => {
    const runId = await desk.queued();
    await hold(runId);
    const audit = auditOf('job.cancelled', runId);
    expect(await desk.jobs.cancel(ANN, { runId, mode: 'graceful', audit })).toBe('asked');
    expect(await claim()).toEqual([runId]);
    expect((await row(runId)).status).toBe('paused');
  });

  test('does not stand in the way of those behind it', async () => {
    const at = Date.now() - HOUR;
    const held = await Promise.all(
      Array.from({ length: 20 }, () => desk.queued({ createdAt: at })),
    );
    for (const runId of held) await hold(runId);
    const runId = await desk.queued();
    expect(await desk.store.claim({ ...desk.owner, limit: 1 })).toEqual([runId]);
    const standing = await desk.jobs.standing(ANN, held[0] ?? '');
    expect(standing).toMatchObject({ engine: null, wakeAt: null });
  });
});

describe('what cannot be held back', () => {
  test('a run that has started is for its owner to pause', async () => {
    const { runId } = await desk.running();
    expect(await hold(runId)).toBe('started');
    expect(await hold(runId, false)).toBe('started');
    expect(await hold(await desk.ended('failed'))).toBe('started');
    expect(await desk.audits(runId)).toEqual([]);
  });

  test('one that is held already, or that is not held and is let go', async () => {
    const runId = await desk.queued();
    expect(await hold(runId, false)).toBe('unchanged');
    await hold(runId);
    expect(await hold(runId)).toBe('unchanged');
    expect(await desk.events(runId)).toHaveLength(1);
  });

  test('one of another version, one of somebody else, none', async () => {
    const runId = await desk.queued();
    expect(await hold(runId, true, { version: 9 })).toBe('stale');
    expect(await hold(randomUUID())).toBe('missing');
    const audit = auditOf('job.paused', runId);
    expect(await desk.jobs.hold(EVE, { runId, held: true, audit })).toBe('missing');
    expect(await hold(runId, true, { version: 1 })).toBe('changed');
  });
});

describe('sessions at once', () => {
  test('100 times a hold and a claim: the run is held, or it has started', async () => {
    await desk.ask('delete from run_live');
    const seen = new Set<string>();
    for (let i = 0; i < 100; i += 1) {
      const runId = await desk.queued();
      const [held, claimed] =
        i % 2 === 0
          ? await Promise.all([hold(runId), claim()])
          : (([c, h]) => [h, c] as const)(await Promise.all([claim(), hold(runId)]));
      seen.add(held);
      expect([held, claimed]).toEqual(held === 'changed' ? ['changed', []] : ['started', [runId]]);
    }
    expect(seen.size).toBe(2);
  });

  test('50 times two that hold and two that let go: each change is made once', async () => {
    for (let i = 0; i < 50; i += 1) {
      const runId = await desk.queued();
      const held = await Promise.all([hold(runId), hold(runId)]);
      expect(held.toSorted()).toEqual(['changed', 'unchanged']);
      const freed = await Promise.all([hold(runId, false), hold(runId, false)]);
      expect(freed.toSorted()).toEqual(['changed', 'unchanged']);
      expect((await desk.events(runId)).map(({ seq }) => seq)).toEqual([1, 2]);
    }
  });
});
