import { randomUUID } from 'node:crypto';
import { LIMITS } from '@tenuto/contract';
import type { Batch, Lane, Plan, RunId } from '@tenuto/engine';
import type { OpenEngineStore } from '@tenuto/store';
import { bareBatches, newRunId, submitBatch } from './bare-batches.ts';
import type { Shape } from './shape.ts';

/** Writes the shape's rows through the flush statement, without an engine. @returns milliseconds */
export async function bareShape(
  store: OpenEngineStore,
  { shape, plan }: { readonly shape: Shape; readonly plan: Plan },
): Promise<number> {
  const batches = bareBatches({ shape, plan, now: Date.now() });
  return withLane(store, plan, async (lane) => sum(await flushAll(lane, batches)));
}

/** Milliseconds of each flush of the shape's rows. */
export function bareFlushTimes(
  store: OpenEngineStore,
  { shape, plan }: { readonly shape: Shape; readonly plan: Plan },
): Promise<number[]> {
  const batches = bareBatches({ shape, plan, now: Date.now() });
  return withLane(store, plan, (lane) => flushAll(lane, batches));
}

/** The same as {@link bareShape} for runs whose rows were written before the clock runs. */
export async function bareDrain(
  store: OpenEngineStore,
  { shape, plan }: { readonly shape: Shape; readonly plan: Plan },
): Promise<number> {
  return withLane(store, plan, async (lane) => {
    const submitted = await writeRuns(lane, { shape, plan, owned: true });
    const firstSeq = Math.ceil(submitted.length / LIMITS.flushRows) + 1;
    const batches = bareBatches({ shape, plan, submitted, firstSeq, now: Date.now() });
    return sum(await flushAll(lane, batches));
  });
}

/** Puts the shape's runs into the queue, for any engine to claim. */
export async function enqueue(
  store: OpenEngineStore,
  { shape, plan }: { readonly shape: Shape; readonly plan: Plan },
): Promise<void> {
  await withLane(store, plan, (lane) => writeRuns(lane, { shape, plan, owned: false }));
}

async function writeRuns(
  lane: Lane,
  { shape, ...row }: { readonly shape: Shape; readonly plan: Plan; readonly owned: boolean },
): Promise<RunId[]> {
  const ids: RunId[] = [];
  const batches: Batch[] = [];
  const now = Date.now();
  while (ids.length < shape.runs) {
    const seq = batches.length + 1;
    const count = Math.min(LIMITS.flushRows, shape.runs - ids.length);
    const some = Array.from({ length: count }, () => newRunId(now + seq));
    batches.push(submitBatch(some, { ...row, now: now + seq, seq }));
    ids.push(...some);
  }
  await flushAll(lane, batches);
  return ids;
}

async function flushAll(lane: Lane, batches: readonly Batch[]): Promise<number[]> {
  const times: number[] = [];
  for (const batch of batches) {
    const from = performance.now();
    const { outcome, refused } = await lane.flush(batch);
    times.push(performance.now() - from);
    if (outcome !== 'committed' || refused.length > 0) throw new Error(`A bare flush: ${outcome}.`);
  }
  return times;
}

/** A lane of an engine that is nothing but its fence. */
async function withLane<T>(
  store: OpenEngineStore,
  plan: Plan,
  use: (lane: Lane) => Promise<T>,
): Promise<T> {
  const engineId = randomUUID();
  await store.putPlan(plan.hash, plan.document, plan.nodeCount);
  const { epoch } = await store.register({ engineId, name: 'bare', lanes: 1, leaseMs: 10_000 });
  const lane = await store.openLane({ engineId, lane: 0, epoch });
  try {
    return await use(lane);
  } finally {
    await lane.close();
    await store.retire(engineId, epoch);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
