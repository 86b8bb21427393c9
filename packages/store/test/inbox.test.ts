/** What reaches a run from outside while its owner writes: one of the two wins, never neither. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, openDesk } from './desk.ts';
import { batch, submitRow } from './rows.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

describe('a cancel and a finish at the same time', () => {
  test('500 times: exactly one of them wins', async () => {
    const { lane, engineId } = await desk.engine();
    const rows = Array.from({ length: 500 }, () => submitRow());
    await lane.flush(batch(1, { submits: rows }));
    let finished = 0;
    for (const [i, { runId }] of rows.entries()) {
      const update = {
        kind: 'finish',
        runId,
        inboxSeq: 0,
        status: 'completed',
        completedAt: Date.now(),
        progress: '{}',
      } as const;
      const finish = () => lane.flush(batch(i + 2, { updates: [update] }));
      const cancel = () => desk.store.requestCancel([runId.text], 'a race');
      const [result] =
        i % 2 === 0
          ? await Promise.all([finish(), cancel()])
          : (await Promise.all([cancel(), finish()])).toReversed();
      const won = (result as Awaited<ReturnType<typeof finish>>).refused.length === 0;
      if (won) finished += 1;
      const [row] = await desk.ask<{ over: number; live: number; asked: number }>(
        `select (select count(*)::int from runs where run_id = $1) as over,
           (select count(*)::int from run_live where run_id = $1) as live,
           (select count(*)::int from run_inbox where run_id = $1) as asked`,
        [runId.text],
      );
      expect(row).toEqual(won ? { over: 1, live: 0, asked: 0 } : { over: 0, live: 1, asked: 1 });
    }
    expect(finished).toBeGreaterThan(0);
    expect(finished).toBeLessThan(500);
    expect(await desk.store.ownedRunIds(engineId)).toHaveLength(500 - finished);
  });
});

describe('a run that is about to leave memory', () => {
  test('stays when a signal has come that its owner has not seen', async () => {
    const { lane, engineId } = await desk.engine();
    const row = submitRow();
    await lane.flush(batch(1, { submits: [row] }));
    await desk.store.requestCancel([row.runId.text], 'in between');
    const release = {
      kind: 'release',
      status: 'running',
      runId: row.runId,
      inboxSeq: 0,
      wakeAt: Date.now() + 3_600_000,
      progress: '{}',
    } as const;
    expect(await lane.flush(batch(2, { updates: [release] }))).toMatchObject({
      refused: [row.runId.text],
    });
    expect(await desk.store.inbox(engineId)).toMatchObject([{ runId: row.runId.text, seq: 1 }]);
    const seen = { ...release, inboxSeq: 1 };
    const consumed = [{ runId: row.runId, seq: 1 }];
    expect(await lane.flush(batch(3, { updates: [seen], consumed }))).toMatchObject({
      refused: [],
    });
    expect(await desk.store.inbox(engineId)).toEqual([]);
  });

  test('is woken by a signal that comes when it has left', async () => {
    const { lane, engineId, epoch } = await desk.engine();
    const row = submitRow();
    const release = {
      kind: 'release',
      status: 'running',
      runId: row.runId,
      inboxSeq: 0,
      wakeAt: Date.now() + 3_600_000,
      progress: '{"idle_ms":7}',
    } as const;
    await lane.flush(batch(1, { submits: [row] }));
    await lane.flush(batch(2, { updates: [release] }));
    expect(await desk.store.claim({ engineId, epoch, limit: 5 })).toEqual([]);
    await desk.store.requestCancel([row.runId.text], 'wake');
    expect(await desk.store.claim({ engineId, epoch, limit: 5 })).toEqual([row.runId.text]);
    const [owned] = await desk.store.readOwned(engineId, [row.runId.text]);
    expect(owned).toMatchObject({
      idleMs: 7,
      inboxSeq: 1,
      inbox: [{ seq: 1, type: 'cancel', body: { mode: 'graceful' } }],
    });
  });

  test('is not woken when it is over', async () => {
    const { lane } = await desk.engine();
    const row = submitRow();
    await lane.flush(batch(1, { submits: [row] }));
    const finish = {
      kind: 'finish',
      runId: row.runId,
      inboxSeq: 0,
      status: 'failed',
      completedAt: Date.now(),
      progress: '{}',
    } as const;
    await lane.flush(batch(2, { updates: [finish] }));
    await desk.store.requestCancel([row.runId.text], 'too late');
    expect(await desk.ask('select 1 from run_inbox where run_id = $1', [row.runId.text])).toEqual(
      [],
    );
    expect(await desk.store.outcomes([row.runId.text])).toEqual([
      { runId: row.runId.text, status: 'failed' },
    ]);
  });
});
