import type { Failpoint } from '@tenuto/engine';
import { isAlive } from './fences.ts';
import type { Rules } from './rules.ts';
import { attemptKey, type BatchRow, batchKey, type Fence, rowsOf, type Tables } from './tables.ts';

export interface TakeOver {
  readonly engineId: string;
  readonly seenBeat: number | undefined;
  readonly rules: Rules;
  /** Database time in milliseconds since the epoch. */
  now(): number;
}

/**
 * The takeover's transaction, begun with the engine's fences locked. Each yield is a round trip
 * between two statements, in which all but those who want the fence go on. Nothing is written
 * before the end, which is the commit; without it the transaction is rolled back.
 * @returns how many runs were released; undefined when the engine has renewed after all, or when
 *   none of its fences stands
 */
export function* takeOverSteps(
  tables: Tables,
  { engineId, seenBeat, rules, now }: TakeOver,
): Generator<Failpoint | undefined, number | undefined> {
  if (!isAlive(tables, engineId)) return undefined;
  yield;
  const asks = seenBeat !== undefined && rules.takeoverReadsBeat;
  if (asks && tables.beats.get(engineId) !== seenBeat) return undefined;
  yield 'takeover-fenced';
  yield 'takeover-written';
  const fences = tables.fences.get(engineId) ?? new Map<number, Fence>();
  keepStanding(tables, engineId, rules);
  for (const fence of fences.values()) {
    fence.epoch += 1;
    fence.alive = false;
  }
  return releaseRuns(tables, engineId, now());
}

/** What a new process of an engine does with what the fences of an earlier one still keep. */
export function takeStanding(
  tables: Tables,
  { engineId, rules, now }: Pick<TakeOver, 'engineId' | 'rules' | 'now'>,
): void {
  if (!isAlive(tables, engineId)) return;
  keepStanding(tables, engineId, rules);
  releaseRuns(tables, engineId, now());
}

function keepStanding(tables: Tables, engine: string, rules: Rules): void {
  if (!rules.takeoverKeepsStarts) return;
  for (const [lane, { alive, epoch }] of tables.fences.get(engine) ?? []) {
    if (alive) keepStarts(tables, { engine, epoch, lane });
  }
}

/** Makes rows of the starts that only batches know, so that whoever claims the run sees them. */
function keepStarts(tables: Tables, place: Pick<BatchRow, 'engine' | 'epoch' | 'lane'>): void {
  const batches = [...tables.batches.values()].filter(
    ({ engine, epoch, lane }) =>
      engine === place.engine && epoch === place.epoch && lane === place.lane,
  );
  const newest = batches.reduce((seq, batch) => Math.max(seq, batch.seq), 0);
  const floor = tables.batches.get(batchKey(place, newest))?.floorSeq ?? 0;
  for (const batch of batches) {
    if (batch.seq < floor) continue;
    for (const { runId, node, attempt } of batch.starts) {
      if (tables.live.get(runId)?.engine !== place.engine) continue;
      const rows = rowsOf(tables, runId);
      const key = attemptKey(node, attempt);
      if (rows.attempts.has(key) || rows.started.has(key)) continue;
      rows.started.set(key, { runId, node, attempt, startedAt: Math.floor(batch.at) });
    }
  }
}

function releaseRuns(tables: Tables, engineId: string, now: number): number {
  let released = 0;
  for (const row of tables.live.values()) {
    if (row.engine !== engineId) continue;
    row.engine = undefined;
    row.claimKey = 0;
    row.wakeAt = now;
    released += 1;
  }
  return released;
}
