/** The same batch again: written once, and answered the same. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLane } from '../src/lane.ts';
import { type Desk, lockAwaited, openDesk } from './desk.ts';
import { startLossyProxy } from './lossy-proxy.ts';
import { attemptRow, batch, submitRow } from './rows.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const idempotency = (key: string) => ({ key, requestHash: Buffer.alloc(32, 1) });

/** A batch in which one submit is a duplicate and one finish is refused. */
async function mixedBatch({ lane }: Awaited<ReturnType<Desk['engine']>>) {
  const key = randomUUID();
  const first = submitRow({ submission: { idempotency: idempotency(key) } });
  const busy = submitRow();
  await lane.flush(batch(1, { submits: [first, busy] }));
  await desk.store.requestCancel([busy.runId.text], 'news');
  const again = submitRow({ submission: { idempotency: idempotency(key) } });
  const fresh = submitRow({ submission: { idempotency: idempotency(randomUUID()) } });
  const finish = { kind: 'finish', inboxSeq: 0, status: 'completed', progress: '{}' } as const;
  const completedAt = Date.now();
  return batch(2, {
    submits: [again, fresh],
    attempts: [attemptRow(first.runId), attemptRow(busy.runId)],
    updates: [
      { ...finish, runId: first.runId, completedAt },
      { ...finish, runId: busy.runId, completedAt },
    ],
  });
}

test('a batch that is sent twice is written once and answered the same', async () => {
  const engine = await desk.engine();
  const mixed = await mixedBatch(engine);
  const first = await engine.lane.flush(mixed);
  const counts = await desk.count();
  expect(first).toEqual({
    outcome: 'committed',
    duplicates: [mixed.submits[0]?.runId.text],
    refused: [mixed.updates[1]?.runId.text],
  });
  expect(await engine.lane.flush(mixed)).toEqual(first);
  expect(await desk.count()).toEqual(counts);
});

test('two connections that send the same batch at once write it once', async () => {
  const engine = await desk.engine();
  const key = { engineId: engine.engineId, lane: 0, epoch: engine.epoch };
  const other = await openLane(desk.connection, key);
  const mixed = await mixedBatch(engine);
  const before = await desk.count();
  const answers = await Promise.all([engine.lane.flush(mixed), other.flush(mixed)]);
  expect(answers[1]).toEqual(answers[0]);
  const after = await desk.count();
  expect((after.batches ?? 0) - (before.batches ?? 0)).toBe(1);
  expect((after.attempts ?? 0) - (before.attempts ?? 0)).toBe(2);
  await other.close();
});

test('a batch whose copy is not settled yet waits for it and does not write beside it', async () => {
  const engine = await desk.engine();
  const copy = await desk.session();
  await copy.query('begin');
  await copy.query(
    'insert into batches (engine, epoch, lane, seq, floor_seq) values ($1, $2, 0, 1, 1)',
    [engine.engineId, engine.epoch],
  );
  const row = submitRow();
  const flushing = engine.lane.flush(batch(1, { submits: [row] }));
  await lockAwaited(desk);
  await copy.query('rollback');
  expect(await flushing).toMatchObject({ outcome: 'committed' });
  expect(await desk.ask('select 1 from run_live where run_id = $1', [row.runId.text])).toHaveLength(
    1,
  );
});

test('a batch without the one before it answers that history is missing, and writes nothing', async () => {
  const { lane } = await desk.engine();
  await lane.flush(batch(1, { submits: [submitRow()] }));
  const before = await desk.count();
  expect(await lane.flush(batch(3, { submits: [submitRow()] }))).toMatchObject({ outcome: 'gap' });
  expect(await desk.count()).toEqual(before);
  expect(await lane.flush(batch(2, { submits: [submitRow()] }))).toMatchObject({
    outcome: 'committed',
  });
});

test('replies lost after the commit leave every row there exactly once', async () => {
  const { engineId, epoch } = await desk.engine();
  const proxy = await startLossyProxy(desk.connection, { dropEvery: 3 });
  const lane = await openLane(
    { ...desk.connection, host: '127.0.0.1', port: proxy.port },
    { engineId, lane: 0, epoch },
  );
  const sent: string[] = [];
  for (let seq = 1; seq <= 200; seq += 1) {
    const row = submitRow();
    sent.push(row.runId.text);
    const full = batch(seq, { submits: [row], attempts: [attemptRow(row.runId)] });
    for (let outcome = ''; outcome !== 'committed'; ) {
      outcome = await lane.flush(full).then(
        (result) => result.outcome,
        (error: { kind?: string }) => String(error.kind),
      );
      expect(['committed', 'unavailable']).toContain(outcome);
    }
  }
  expect(proxy.dropped()).toBeGreaterThan(50);
  const rows = await desk.ask<{ n: number }>(
    `select count(a.run_id)::int as n from unnest($1::uuid[]) t(id)
     join run_live r on r.run_id = t.id left join attempts a on a.run_id = t.id group by t.id`,
    [sent],
  );
  expect(rows.map(({ n }) => n)).toEqual(sent.map(() => 1));
  await lane.close();
  await proxy.stop();
});

test('a flush that waits too long for a lock says so, and is committed when it is sent again', async () => {
  const { lane } = await desk.engine();
  const row = submitRow();
  await lane.flush(batch(1, { submits: [row] }));
  const holder = await desk.session();
  await holder.query('begin');
  await holder.query('select 1 from run_live where run_id = $1 for update', [row.runId.text]);
  const finish = batch(2, {
    updates: [
      {
        kind: 'finish',
        runId: row.runId,
        inboxSeq: 0,
        status: 'completed',
        completedAt: Date.now(),
        progress: '{}',
      },
    ],
  });
  const pid = `select pid from pg_stat_activity
    where application_name = $1 and datname = current_database() order by 1`;
  const before = await desk.ask(pid, ['tenuto-lane']);
  await expect(lane.flush(finish)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await desk.ask(pid, ['tenuto-lane'])).toEqual(before);
  await holder.query('commit');
  expect(await lane.flush(finish)).toEqual({ outcome: 'committed', duplicates: [], refused: [] });
});

test('engines that are sent the same keys in opposite orders do not deadlock', async () => {
  const engines = await Promise.all([desk.engine(), desk.engine()]);
  const keys = Array.from({ length: 300 }, () => randomUUID());
  const rowsOf = (order: readonly string[]) =>
    order.map((key) => submitRow({ submission: { idempotency: idempotency(key) } }));
  const [a, b] = engines;
  if (a === undefined || b === undefined) throw new Error('no engines');
  for (let seq = 1; seq <= 5; seq += 1) {
    const fresh = keys.map((key) => `${key}-${seq}`);
    const results = await Promise.all([
      a.lane.flush(batch(seq, { submits: rowsOf(fresh) })),
      b.lane.flush(batch(seq, { submits: rowsOf(fresh.toReversed()) })),
    ]);
    expect(results.reduce((sum, { duplicates }) => sum + duplicates.length, 0)).toBe(300);
  }
});

test('a key that is used twice in one batch makes one run', async () => {
  const { lane } = await desk.engine();
  const key = idempotency(randomUUID());
  const submits = [
    submitRow({ submission: { idempotency: key } }),
    submitRow({ submission: { idempotency: key } }),
  ];
  const { duplicates } = await lane.flush(batch(1, { submits }));
  expect(duplicates).toHaveLength(1);
  const ids = submits.map((row) => row.runId.text);
  expect(await desk.ask('select 1 from run_live where run_id = any($1)', [ids])).toHaveLength(1);
});

test('values that no column can hold are refused, and the lane goes on', async () => {
  const { lane } = await desk.engine();
  const good = submitRow();
  const bad = [
    batch(1, { submits: [submitRow({ submission: { priority: 100_000 } })] }),
    batch(1, { submits: [submitRow({ submission: { parentRun: 'no id' } })] }),
    batch(1, { submits: [submitRow({ submission: { name: 'nul \0' } })] }),
    batch(1, { submits: [submitRow({ createdAt: Number.POSITIVE_INFINITY })] }),
    batch(1, { submits: [submitRow({ submission: { metadata: { text: '\0' } } })] }),
    batch(1, { submits: [good], attempts: [attemptRow(good.runId), attemptRow(good.runId)] }),
    batch(1, {
      attempts: [attemptRow(submitRow().runId, { runId: submitRow().runId, node: 2 ** 40 })],
    }),
  ];
  for (const refused of bad) {
    await expect(lane.flush(refused)).rejects.toMatchObject({ kind: 'rejected' });
  }
  expect(await lane.flush(batch(1, { submits: [good] }))).toMatchObject({ outcome: 'committed' });
});
