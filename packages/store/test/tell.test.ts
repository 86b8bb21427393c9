/** Messages to runs: each reaches its owner once, or its sender hears that the run is over. */
import { randomUUID } from 'node:crypto';
import type { InboxType, RunMessage } from '@tenuto/engine';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, ANN, type ApiDesk, auditOf, EVE, openApiDesk } from './api-desk.ts';

let desk: ApiDesk;
beforeAll(async () => {
  desk = await openApiDesk();
});
afterAll(() => desk.close());

const BODIES: Readonly<Record<InboxType, object>> = {
  cancel: { actor: 'ann', mode: 'graceful' },
  pause: { actor: 'ann', reason: 'lunch' },
  resume: { actor: 'ann' },
  signal: { actor: 'ann', name: 'go', payload: { n: [1, null] } },
  cancel_retry: { actor: 'ann', node: 3 },
  retry: { actor: 'ann', session: randomUUID(), from: 'failed' },
  recover: { actor: 'ann', session: randomUUID(), action: 'skip_node', node: 1, with: {} },
  resolve: { actor: 'ann', intervention: randomUUID(), resolution: 'skip' },
};

function message(runId: string, type: InboxType = 'pause', version?: number): RunMessage {
  const more = version === undefined ? {} : { version };
  const audit = auditOf(`job.${type}`, runId);
  return { runId, type, body: BODIES[type], audit, ...more } as RunMessage;
}

const types = Object.keys(BODIES) as InboxType[];

describe('a message', () => {
  test.each(
    types,
  )('of type %s reaches the owner as it was sent, with its audit row', async (type) => {
    const { runId } = await desk.running();
    expect(await desk.jobs.tell(ANN, message(runId, type))).toBe('told');
    expect(
      (await desk.store.inbox(desk.owner.engineId)).filter((item) => item.runId === runId),
    ).toEqual([{ runId, seq: 1, type, body: BODIES[type] }]);
    expect(await desk.audits(runId)).toMatchObject([{ action: `job.${type}`, actor: 'ann' }]);
    const { version } = await desk.one<{ version: number }>(
      'select version from run_live where run_id = $1',
      runId,
    );
    expect(version).toBe(1);
  });

  test('is heard once its owner has taken it out', async () => {
    const { runId, id } = await desk.running();
    expect(await desk.jobs.heard(ANN, runId)).toBe(true);
    await desk.jobs.tell(ANN, message(runId));
    expect(await desk.jobs.heard(ANN, runId)).toBe(false);
    await desk.flush({ consumed: [{ runId: id, seq: 1 }] });
    expect(await desk.jobs.heard(ANN, runId)).toBe(true);
  });

  test('wakes a run that is parked', async () => {
    const { runId, id } = await desk.running();
    const owner = { ...desk.owner, limit: 10 };
    const park = {
      kind: 'release',
      status: 'running',
      runId: id,
      inboxSeq: 0,
      progress: '{}',
    } as const;
    await desk.flush({ updates: [{ ...park, wakeAt: Date.now() + 3_600_000 }] });
    expect(await desk.store.claim(owner)).toEqual([]);
    await desk.jobs.tell(ANN, message(runId, 'signal'));
    expect(await desk.store.claim(owner)).toEqual([runId]);
  });

  test.each(types)('of type %s starts a run early only when it is a cancel', async (type) => {
    const due = Date.now() + 3_600_000;
    const runId = await desk.queued({ status: 'scheduled', submission: { scheduledAt: due } });
    await desk.jobs.tell(ANN, message(runId, type));
    const row = await desk.one<{ wake: Date; first: boolean }>(
      'select wake_at as wake, claim_key = 0 as first from run_live where run_id = $1',
      runId,
    );
    const early = type === 'cancel';
    expect([row.wake.getTime() < due, row.first]).toEqual([early, early]);
    expect(await desk.inbox(runId)).toHaveLength(1);
    await desk.ask('delete from run_live where run_id = $1', [runId]);
  });

  test.each([
    'completed',
    'failed',
    'timeout',
    'cancelled',
    'aborted',
  ] as const)('to a run that is %s is not taken', async (status) => {
    const runId = await desk.ended(status);
    expect(await desk.jobs.tell(ANN, message(runId))).toBe('over');
    expect(await desk.audits(runId)).toEqual([]);
    expect(await desk.inbox(runId)).toEqual([]);
  });

  test('to a run that is being cancelled is not taken', async () => {
    const { runId } = await desk.running();
    await desk.ask(`update run_live set status = 'cancelled' where run_id = $1`, [runId]);
    expect(await desk.jobs.tell(ANN, message(runId))).toBe('over');
  });

  test('for another version than the present one changes nothing', async () => {
    const { runId } = await desk.running();
    expect(await desk.jobs.tell(ANN, message(runId, 'pause', 7))).toBe('stale');
    expect(await desk.jobs.tell(ANN, message(runId, 'pause', 1))).toBe('told');
    expect(await desk.audits(runId)).toHaveLength(1);
    const over = await desk.ended('failed');
    expect(await desk.jobs.tell(ANN, message(over, 'pause', 7))).toBe('stale');
  });

  test('to the run of somebody else finds none; an administrator reaches it', async () => {
    const { runId } = await desk.running();
    expect(await desk.jobs.tell(EVE, message(runId))).toBe('missing');
    expect(await desk.jobs.tell(ANN, message(randomUUID()))).toBe('missing');
    expect(await desk.jobs.tell(ADMIN, message(runId))).toBe('told');
    expect(await desk.jobs.heard(EVE, runId)).toBe(true);
    expect(await desk.jobs.heard(ADMIN, runId)).toBe(false);
  });
});

describe('messages of several', () => {
  test('at once all get through, each under a number of its own', async () => {
    const { runId } = await desk.running();
    const told = await Promise.all(
      Array.from({ length: 20 }, () => desk.jobs.tell(ANN, message(runId, 'signal'))),
    );
    expect(new Set(told)).toEqual(new Set(['told']));
    const seqs = (await desk.inbox(runId)).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(await desk.audits(runId)).toHaveLength(20);
  });

  test('100 times a message and the end of the run: exactly one of them wins', async () => {
    let ended = 0;
    for (let i = 0; i < 100; i += 1) {
      const run = await desk.running();
      const tell = () => desk.jobs.tell(ANN, message(run.runId));
      const finish = () => run.finish('completed');
      const [won, told] =
        i % 2 === 0
          ? await Promise.all([finish(), tell()])
          : (([t, f]) => [f, t] as const)(await Promise.all([tell(), finish()]));
      expect([won, told]).toEqual(won ? [true, 'over'] : [false, 'told']);
      expect(await desk.audits(run.runId)).toHaveLength(won ? 0 : 1);
      if (won) ended += 1;
    }
    expect(ended).toBeGreaterThan(0);
  });
});
