/** Partitions ahead, and the removal of what nothing needs any more. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, openDesk } from './desk.ts';
import { attemptRow, batch, newRunId, packedStarts, submitRow } from './rows.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const WEEK_MS = 7 * 24 * 3_600_000;

describe('partitions', () => {
  test('are there from last week to weeks ahead, and making them again changes nothing', async () => {
    const count = 'select count(*)::int as n from pg_inherits';
    const [before] = await desk.ask(count);
    await Promise.all([desk.store.maintain(), desk.store.maintain()]);
    expect(await desk.ask(count)).toEqual([before]);
    const { lane } = await desk.engine();
    for (const [i, weeks] of [-1, 0, 1, 7].entries()) {
      const row = submitRow({ runId: newRunId(Date.now() + weeks * WEEK_MS) });
      const result = await lane.flush(
        batch(i + 1, { submits: [row], attempts: [attemptRow(row.runId)] }),
      );
      expect(result.outcome).toBe('committed');
    }
  });

  test('have the indexes of their table', async () => {
    const rows = await desk.ask<{ parent: string; own: number; inherited: number }>(
      `select i.inhparent::regclass::text as parent,
         (select count(*)::int from pg_index x where x.indrelid = i.inhrelid) as own,
         (select count(*)::int from pg_index x where x.indrelid = i.inhparent) as inherited
       from pg_inherits i join pg_class c on c.oid = i.inhrelid where c.relkind = 'r'`,
    );
    expect(rows.length).toBeGreaterThan(40);
    for (const { own, inherited } of rows) expect(own).toBe(inherited);
  });

  test('are made beside a transaction that writes', async () => {
    const [oldest] = await desk.ask<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits
       where inhparent = 'run_events'::regclass order by 1 limit 1`,
    );
    await desk.ask(`drop table ${oldest?.name}`);
    const writer = await desk.session();
    await writer.query('begin');
    await writer.query(
      `insert into run_events (run_id, seq, at, type, body) values ($1, 1, now(), 'late', '{}')`,
      [newRunId().text],
    );
    await desk.store.maintain();
    await writer.query('commit');
    expect(await desk.ask(`select to_regclass('${oldest?.name}')::text as name`)).toEqual([oldest]);
  });

  test('a run from a time that has none is refused, and does no harm to its lane', async () => {
    const { lane } = await desk.engine();
    const runId = newRunId(Date.UTC(2001, 1, 1));
    await expect(lane.flush(batch(1, { attempts: [attemptRow(runId)] }))).rejects.toMatchObject({
      kind: 'rejected',
    });
    expect(await lane.flush(batch(1))).toMatchObject({ outcome: 'committed' });
  });
});

describe('batches', () => {
  const seqs = async (engineId: string) =>
    (
      await desk.ask<{ seq: number }>(
        'select epoch, seq::int from batches where engine = $1 order by epoch, seq',
        [engineId],
      )
    ).map(({ seq }) => seq);

  test('go when they are old and below the floor; the last one stays', async () => {
    const { engineId, lane } = await desk.engine();
    for (let seq = 1; seq <= 6; seq += 1) {
      await lane.flush(batch(seq, { floorSeq: Math.max(1, seq - 2) }));
    }
    await desk.store.maintain();
    expect(await seqs(engineId)).toEqual([1, 2, 3, 4, 5, 6]);
    await desk.ask(`update batches set at = at - interval '11 minutes' where engine = $1`, [
      engineId,
    ]);
    await desk.store.maintain();
    expect(await seqs(engineId)).toEqual([4, 5, 6]);
    expect(await lane.flush(batch(7))).toMatchObject({ outcome: 'committed' });
  });

  test('of an epoch that is over all go', async () => {
    const { engineId, lane } = await desk.engine();
    const row = submitRow();
    const starts = packedStarts({ runId: row.runId, node: 0, attempt: 1 });
    await lane.flush(batch(1, { submits: [row], starts }));
    await desk.store.takeOver(engineId, undefined);
    await desk.ask(`update batches set at = at - interval '11 minutes' where engine = $1`, [
      engineId,
    ]);
    await desk.store.maintain();
    expect(await seqs(engineId)).toEqual([]);
  });
});

describe('strays', () => {
  test('go with their run, and not before', async () => {
    const { lane } = await desk.engine();
    const live = submitRow();
    const over = newRunId();
    const startedAt = Date.now();
    await lane.flush(
      batch(1, {
        submits: [live],
        started: [live.runId, over].map((runId) => ({ runId, node: 0, attempt: 1, startedAt })),
      }),
    );
    await desk.ask(
      `insert into run_inbox (run_id, seq, type, body) values ($1, 1, 'signal', '{}')`,
      [over.text],
    );
    await desk.store.maintain();
    const left = await desk.ask('select run_id from started where run_id = any($1)', [
      [live.runId.text, over.text],
    ]);
    expect(left).toEqual([{ run_id: live.runId.text }]);
    expect(await desk.ask('select 1 from run_inbox where run_id = $1', [over.text])).toEqual([]);
  });

  test('a start that is promoted twice is there once', async () => {
    const { lane } = await desk.engine();
    const row = submitRow();
    const started = [{ runId: row.runId, node: 0, attempt: 1, startedAt: Date.now() }];
    await lane.flush(batch(1, { submits: [row], started }));
    expect(await lane.flush(batch(2, { started }))).toMatchObject({ outcome: 'committed' });
  });
});
