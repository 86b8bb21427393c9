import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, lockAwaited, openDesk } from './desk.ts';
import { attemptRow, batch, packedStarts, submitRow } from './rows.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

async function beatOf(engineId: string): Promise<number> {
  const [row] = await desk.ask<{ beat: string }>(
    'select beat from engine_heartbeats where engine = $1',
    [engineId],
  );
  return Number(row?.beat);
}

const startsOf = (runId: string) =>
  desk.ask<{ node: number; attempt: number }>(
    'select node, attempt from started where run_id = $1 order by node, attempt',
    [runId],
  );

describe('a takeover', () => {
  test('releases the runs of an engine whose heartbeat stands still, to be claimed first', async () => {
    const { engineId, epoch, lane } = await desk.engine();
    const rows = [submitRow(), submitRow()];
    await lane.flush(batch(1, { submits: rows }));
    expect(await desk.store.takeOver(engineId, await beatOf(engineId))).toBe(2);
    expect(await desk.store.beat(engineId, epoch)).toBe(false);
    const ids = rows.map((row) => row.runId.text);
    const found = await desk.ask(
      'select engine, claim_key::int from run_live where run_id = any($1)',
      [ids],
    );
    expect(found).toEqual(ids.map(() => ({ engine: null, claim_key: 0 })));
    expect(await desk.store.takeOver(engineId, undefined)).toBeUndefined();
  });

  test('gives up when the engine has beaten since', async () => {
    const { engineId, epoch } = await desk.engine();
    const seen = await beatOf(engineId);
    expect(await desk.store.beat(engineId, epoch)).toBe(true);
    expect(await desk.store.takeOver(engineId, seen)).toBeUndefined();
    expect(await desk.store.beat(engineId, epoch)).toBe(true);
  });

  test('gives up when a beat sneaks in while it waits for the fence', async () => {
    const { engineId, epoch } = await desk.engine();
    const seen = await beatOf(engineId);
    const beating = await desk.session();
    await beating.query('begin');
    await beating.query(
      `select 1 from engine_fences where engine = $1 and epoch = $2 and alive for share`,
      [engineId, epoch],
    );
    const taking = desk.store.takeOver(engineId, seen);
    await lockAwaited(desk);
    await beating.query('update engine_heartbeats set beat = beat + 1 where engine = $1', [
      engineId,
    ]);
    await beating.query('commit');
    expect(await taking).toBeUndefined();
  });

  test('of two at once releases every run once', async () => {
    const { engineId, lane } = await desk.engine();
    await lane.flush(batch(1, { submits: [submitRow(), submitRow(), submitRow()] }));
    const seen = await beatOf(engineId);
    const taken = await Promise.all([1, 2, 3].map(() => desk.store.takeOver(engineId, seen)));
    expect(taken.toSorted()).toEqual([3, undefined, undefined]);
  });

  test('comes with a new process of the same engine, where the fences of the old one still stand', async () => {
    const { engineId, lane } = await desk.engine();
    const row = submitRow();
    const starts = packedStarts({ runId: row.runId, node: 0, attempt: 1 });
    await lane.flush(batch(1, { submits: [row], starts }));
    await desk.store.register({ engineId, name: 'again', lanes: 1, leaseMs: 10_000 });
    expect(await startsOf(row.runId.text)).toEqual([{ node: 0, attempt: 1 }]);
    expect(
      await desk.ask('select engine from run_live where run_id = $1', [row.runId.text]),
    ).toEqual([{ engine: null }]);
    expect(await lane.flush(batch(2))).toMatchObject({ outcome: 'fenced' });
  });

  test('keeps starts that only batches know of, when the attempt has not ended and the run is its own', async () => {
    const { engineId, lane } = await desk.engine();
    const going = submitRow();
    const given = submitRow();
    const ids = { going: going.runId, given: given.runId };
    const starts = packedStarts(
      { runId: ids.going, node: 0, attempt: 1 },
      { runId: ids.going, node: 70_000, attempt: 300 },
      { runId: ids.given, node: 1, attempt: 1 },
    );
    await lane.flush(batch(1, { submits: [going, given], starts }));
    await lane.flush(
      batch(2, {
        floorSeq: 1,
        starts: packedStarts({ runId: ids.going, node: 2, attempt: 1 }),
        attempts: [attemptRow(ids.going)],
        updates: [
          {
            kind: 'release',
            status: 'running',
            runId: ids.given,
            inboxSeq: 0,
            wakeAt: Date.now(),
            progress: '{}',
          },
        ],
      }),
    );
    await desk.store.takeOver(engineId, undefined);
    expect(await startsOf(ids.going.text)).toEqual([
      { node: 2, attempt: 1 },
      { node: 70_000, attempt: 300 },
    ]);
    expect(await startsOf(ids.given.text)).toEqual([]);
  });

  test('needs no batch below the floor', async () => {
    const { engineId, lane } = await desk.engine();
    const row = submitRow();
    const { runId } = row;
    const startedAt = Date.now();
    await lane.flush(
      batch(1, { submits: [row], starts: packedStarts({ runId, node: 0, attempt: 1 }) }),
    );
    await lane.flush(
      batch(2, {
        floorSeq: 1,
        starts: packedStarts({ runId, node: 1, attempt: 1 }),
        started: [{ runId, node: 0, attempt: 1, startedAt }],
      }),
    );
    await lane.flush(batch(3, { floorSeq: 2 }));
    const dropped = `delete from batches b where engine = $1
       and seq < (select max(floor_seq) from batches where engine = b.engine)`;
    await desk.ask(dropped, [engineId]);
    const left = await desk.ask<{ seq: string }>(
      'select seq::text from batches where engine = $1 order by seq',
      [engineId],
    );
    expect(left.map(({ seq }) => seq)).toEqual(['2', '3']);
    expect(await desk.store.takeOver(engineId, undefined)).toBe(1);
    expect(await startsOf(runId.text)).toEqual([
      { node: 0, attempt: 1 },
      { node: 1, attempt: 1 },
    ]);
  });

  test('looks at the epoch that it ends, not at what an earlier one started', async () => {
    const { engineId, lane } = await desk.engine();
    const row = submitRow();
    const starts = packedStarts({ runId: row.runId, node: 0, attempt: 1 });
    await lane.flush(batch(1, { submits: [row], starts }));
    await desk.store.takeOver(engineId, undefined);
    await desk.ask('delete from started where run_id = $1', [row.runId.text]);
    const { epoch } = await desk.store.register({
      engineId,
      name: 'again',
      lanes: 1,
      leaseMs: 10_000,
    });
    const again = await desk.store.openLane({ engineId, lane: 0, epoch });
    await again.flush(batch(1));
    await desk.ask('update run_live set engine = $1 where run_id = $2', [engineId, row.runId.text]);
    await desk.store.takeOver(engineId, undefined);
    expect(await startsOf(row.runId.text)).toEqual([]);
    await again.close();
  });
});

describe('an engine that registers', () => {
  test('under one identity many times at once gets as many epochs', async () => {
    const engineId = crypto.randomUUID();
    const registered = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        desk.store.register({ engineId, name: 'same', lanes: 1 + (i % 3), leaseMs: 10_000 }),
      ),
    );
    const epochs = registered.map(({ epoch }) => epoch);
    expect(new Set(epochs).size).toBe(epochs.length);
    const fences = await desk.ask<{ epoch: number }>(
      'select distinct epoch from engine_fences where engine = $1',
      [engineId],
    );
    expect(fences).toEqual([{ epoch: Math.max(...epochs) }]);
  });

  test('anew with fewer lanes leaves no lane open to its old process', async () => {
    const engineId = crypto.randomUUID();
    const old = await desk.store.register({ engineId, name: 'old', lanes: 3, leaseMs: 10_000 });
    const zombie = await desk.store.openLane({ engineId, lane: 2, epoch: old.epoch });
    await zombie.flush(batch(1, { submits: [submitRow()] }));
    const now = await desk.store.register({ engineId, name: 'new', lanes: 1, leaseMs: 10_000 });
    expect(now.epoch).toBeGreaterThan(old.epoch);
    expect(await zombie.flush(batch(2, { submits: [submitRow()] }))).toMatchObject({
      outcome: 'fenced',
    });
    await zombie.close();
  });

  test('needs a lane', async () => {
    const identity = { engineId: crypto.randomUUID(), name: 'none', lanes: 0, leaseMs: 10_000 };
    await expect(desk.store.register(identity)).rejects.toThrow(/at least one lane/);
    expect(
      await desk.ask('select 1 from engines where engine_id = $1', [identity.engineId]),
    ).toEqual([]);
  });

  test('and retires although it owns a run is taken over like any other', async () => {
    const { engineId, epoch, lane } = await desk.engine();
    await lane.flush(batch(1, { submits: [submitRow()] }));
    await desk.store.retire(engineId, epoch);
    expect(await desk.store.takeOver(engineId, undefined)).toBe(1);
  });

  test('and stops in good order is no peer any more', async () => {
    const { engineId, epoch } = await desk.engine();
    const other = await desk.engine();
    const known = async () => (await desk.store.peers(other.engineId)).map((peer) => peer.engineId);
    expect(await known()).toContain(engineId);
    await desk.store.retire(engineId, epoch + 1);
    expect(await known()).toContain(engineId);
    await desk.store.retire(engineId, epoch);
    expect(await known()).not.toContain(engineId);
    expect(await desk.store.beat(engineId, epoch)).toBe(false);
  });
});
