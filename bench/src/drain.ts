import type { ActionRunner } from '@tenuto/engine';
import { bareDrain, enqueue } from './bare-flush.ts';
import { noop, untilIdle, withEngine } from './bench-engine.ts';
import { type BenchStore, withStore } from './bench-store.ts';
import { type Benchmark, rounds } from './benchmark.ts';
import { compared, type Pair } from './figure.ts';
import { nodesOf, planOf, SHAPES, type Shape, scaled } from './shape.ts';
import { HALF, nodesPerSecond } from './throughput.ts';

const WARM_UP_PART = 0.5;

/** Runs that wait in the store when the engine starts: it has to claim and read them. */
export const drain: Benchmark = {
  name: 'drain',
  about: 'single-node runs that wait in the queue when an engine starts',
  measure(effort) {
    const shape = scaled(SHAPES.single, effort.part);
    return withStore(async (store) => {
      const pairs = await rounds(effort, 'drain', {
        warmUp: () => pairOf(store, scaled(shape, WARM_UP_PART)),
        once: () => pairOf(store, shape),
      });
      const measured = { pairs, what: 'bare flush', better: 'higher', aim: HALF } as const;
      return [compared('drain', 'nodes/s', measured)];
    });
  },
};

async function pairOf({ store }: BenchStore, shape: Shape): Promise<Pair> {
  const bareMs = await bareDrain(store, { shape, plan: planOf(shape.levels) });
  return { reference: nodesPerSecond(shape, bareMs), sample: await drainRate({ store }, shape) };
}

/** Nodes a second from the start of an engine on a full queue until all has ended. */
export async function drainRate(
  { store }: Pick<BenchStore, 'store'>,
  shape: Shape,
): Promise<number> {
  await enqueue(store, { shape, plan: planOf(shape.levels) });
  let ran = 0;
  const counting: ActionRunner = {
    run(call) {
      ran += 1;
      return noop.run(call);
    },
  };
  const from = performance.now();
  const ms = await withEngine(store, counting, async (engine) => {
    await untilIdle(engine, () => ran >= nodesOf(shape));
    return performance.now() - from;
  });
  return nodesPerSecond(shape, ms);
}
