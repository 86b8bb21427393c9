/** What a flush writes when its lane is not its own any more: nothing, in any table. */
import { randomUUID } from 'node:crypto';
import { type Batch, runIdOf } from '@tenuto/engine';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flushQuery, partsOf } from '../src/queries/flush.ts';
import { type Desk, lockAwaited, openDesk } from './desk.ts';
import { attemptRow, auditRow, batch, packedStarts, submitRow } from './rows.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

/** Runs that the engine owns, with all that the parts of the full batch change. */
async function ownedRuns({ lane }: Awaited<ReturnType<Desk['engine']>>) {
  const rows = Array.from({ length: 4 }, () => submitRow());
  const [first] = rows;
  if (first === undefined) throw new Error('no row');
  await lane.flush(
    batch(1, {
      submits: rows,
      started: [{ runId: first.runId, node: 7, attempt: 1, startedAt: Date.now() }],
    }),
  );
  await desk.store.requestCancel([first.runId.text], 'a test');
  return rows.map((row) => row.runId);
}

/** A batch with every kind of row in it. */
async function fullBatch(engine: Awaited<ReturnType<Desk['engine']>>): Promise<Batch> {
  const [live, finishing, parking, working] = await ownedRuns(engine);
  if (!live || !finishing || !parking || !working) throw new Error('too few runs');
  const keyed = submitRow({
    submission: { idempotency: { key: live.text, requestHash: Buffer.alloc(32) } },
  });
  const progress = '{}';
  return batch(2, {
    floorSeq: 1,
    starts: packedStarts({ runId: live, node: 1, attempt: 1 }),
    submits: [keyed, submitRow({ owned: false })],
    attempts: [attemptRow(live), attemptRow(live, { node: 7, seq: 2, promoted: true })],
    events: [{ runId: live, seq: 3, at: Date.now(), type: 'stop', body: {} }],
    started: [{ runId: live, node: 8, attempt: 1, startedAt: Date.now() }],
    updates: [
      {
        kind: 'finish',
        runId: finishing,
        inboxSeq: 0,
        status: 'completed',
        completedAt: Date.now(),
        progress,
        samples: [aSample()],
      },
      {
        kind: 'release',
        status: 'running',
        runId: parking,
        inboxSeq: 0,
        wakeAt: Date.now(),
        progress,
      },
      { kind: 'progress', runId: working, status: 'running', progress: '{"seen":1}' },
    ],
    consumed: [{ runId: live, seq: 1 }],
    audits: [auditRow(live.text)],
  });
}

/** What came of a retry policy in a run. */
function aSample() {
  const counts = { nodes: 1, completed: 1, attempts: 2, retried: 1, recovered: 1 };
  return { policyId: randomUUID(), version: 1, ...counts };
}

/** Everything that a flush could have changed, as text. */
async function state(): Promise<string> {
  const tables = ['batches', 'run_live', 'runs', 'attempts', 'run_events', 'started', 'run_inbox'];
  const parts: string[] = [];
  for (const table of [...tables, 'idempotency_keys', 'audit', 'retry_policy_samples']) {
    const rows = await desk.ask<{ row: string }>(
      `select t::text as row from ${table} t order by 1`,
    );
    parts.push(`${table}: ${rows.map(({ row }) => row).join('\n')}`);
  }
  return parts.join('\n');
}

describe('a flush with a row of every kind', () => {
  test('writes all of them when its lane is its own', async () => {
    const engine = await desk.engine();
    const full = await fullBatch(engine);
    const before = await desk.count();
    const result = await engine.lane.flush(full);
    expect(result).toEqual({ outcome: 'committed', duplicates: [], refused: [] });
    const after = await desk.count();
    const grown = Object.entries(after).map(([table, n]) => [table, n - (before[table] ?? 0)]);
    expect(Object.fromEntries(grown)).toEqual({
      batches: 1,
      idempotency_keys: 1,
      run_live: 1,
      runs: 1,
      attempts: 2,
      run_events: 1,
      started: 0,
      run_inbox: -1,
      audit: 1,
      retry_policy_samples: 1,
    });
    const [released] = await desk.ask(
      'select 1 from run_live where engine is null and progress is not null',
    );
    expect(released).toBeDefined();
    expect(await desk.ask(`select 1 from run_live where progress = '{"seen":1}'`)).toHaveLength(1);
  });

  const interferences: readonly [string, string][] = [
    ['no fence row', 'delete from engine_fences where engine = $1'],
    ['a bumped epoch', 'update engine_fences set epoch = epoch + 1 where engine = $1'],
    ['a fence that is down', 'update engine_fences set alive = false where engine = $1'],
  ];
  test.each(interferences)('writes no row of any kind with %s', async (_name, sql) => {
    const engine = await desk.engine();
    const full = await fullBatch(engine);
    await desk.ask(sql, [engine.engineId]);
    const before = await state();
    expect(await engine.lane.flush(full)).toEqual({
      outcome: 'fenced',
      duplicates: [],
      refused: [],
    });
    expect(await state()).toBe(before);
  });

  test('writes no row of any kind when it queues behind a takeover that commits', async () => {
    const engine = await desk.engine();
    const full = await fullBatch(engine);
    const before = await state();
    const taker = await desk.session();
    await taker.query('begin');
    await taker.query('select 1 from engine_fences where engine = $1 for update', [
      engine.engineId,
    ]);
    await taker.query(
      'update engine_fences set epoch = epoch + 1, alive = false where engine = $1',
      [engine.engineId],
    );
    const flushing = engine.lane.flush(full).catch((error: unknown) => error);
    await lockAwaited(desk);
    await taker.query('commit');
    expect(await flushing).toMatchObject({ outcome: 'fenced' });
    expect(await state()).toBe(before);
  });

  test('is committed after all when the takeover that it waits for is rolled back', async () => {
    const engine = await desk.engine();
    const full = await fullBatch(engine);
    const taker = await desk.session();
    await taker.query('begin');
    await taker.query('update engine_fences set alive = false where engine = $1', [
      engine.engineId,
    ]);
    const flushing = engine.lane.flush(full);
    await lockAwaited(desk);
    await taker.query('rollback');
    expect(await flushing).toMatchObject({ outcome: 'committed' });
  });

  test('joins the gate in every part that writes', async () => {
    const full = await fullBatch(await desk.engine());
    const parts = partsOf(full);
    expect(parts.length).toBeGreaterThanOrEqual(11);
    for (const { name, sql } of parts) {
      for (const cte of ctesOf(sql)) {
        if (!/^(insert|update|delete)\b/.test(cte.body)) continue;
        const passed = /\b(from|using) (gate|finished)\b/.test(cte.body);
        expect({ part: name, cte: cte.name, passed }).toEqual({
          part: name,
          cte: cte.name,
          passed: true,
        });
      }
    }
    const { name: statement, text } = flushQuery(
      { engineId: runIdOf('x').text, lane: 0, epoch: 1 },
      full,
    );
    const writes = text.match(/\b(insert into|delete from|update) \w+/g) ?? [];
    const checked = parts.flatMap(
      ({ sql }) => sql.match(/\b(insert into|delete from|update) \w+/g) ?? [],
    );
    expect(writes.length).toBe(checked.length + 1);
    expect(writes[0]).toBe('insert into batches');
    expect(statement).toMatch(/^flush:[a-zA-Z]+$/);
    expect(new Set(statement.slice('flush:'.length)).size).toBe(parts.length);
  });
});

/** Splits a part into its named statements. */
function ctesOf(sql: string): { name: string; body: string }[] {
  const ctes: { name: string; body: string }[] = [];
  for (const match of sql.matchAll(/(\w+) as \(\s*/g)) {
    const from = (match.index ?? 0) + match[0].length;
    let depth = 1;
    let at = from;
    for (; at < sql.length && depth > 0; at += 1) {
      if (sql[at] === '(') depth += 1;
      if (sql[at] === ')') depth -= 1;
    }
    ctes.push({ name: match[1] ?? '', body: sql.slice(from, at - 1) });
  }
  return ctes;
}
