import { batchKey, type Tables } from './tables.ts';

/** How long a batch outlives its use: a late copy of it may still be under way. */
const BATCH_MS = 600_000;

/** Drops batches that nothing can ask for any more, and what is left of runs that are over. */
export function maintain(tables: Tables, now: number): void {
  for (const [key, { engine, epoch, lane, seq, at }] of tables.batches) {
    if (at >= now - BATCH_MS) continue;
    const over = epoch < (tables.fences.get(engine)?.get(lane)?.epoch ?? 0);
    const newest = newestOf(tables, { engine, epoch, lane });
    const floor = tables.batches.get(batchKey({ engine, epoch, lane }, newest))?.floorSeq ?? 0;
    if (over || (seq < floor && seq < newest)) tables.batches.delete(key);
  }
  for (const asked of tables.interventions.values()) {
    const open = asked.state === 'open' || asked.state === 'assigned';
    if (!open || tables.live.has(asked.runId)) continue;
    asked.state = 'cancelled';
    asked.version += 1;
  }
  for (const [runId, rows] of tables.rows) {
    if (tables.live.has(runId)) continue;
    rows.started.clear();
    rows.inbox.clear();
  }
}

function newestOf(
  tables: Tables,
  place: { readonly engine: string; readonly epoch: number; readonly lane: number },
): number {
  let newest = 0;
  for (const { engine, epoch, lane, seq } of tables.batches.values()) {
    const same = engine === place.engine && epoch === place.epoch && lane === place.lane;
    if (same) newest = Math.max(newest, seq);
  }
  return newest;
}
