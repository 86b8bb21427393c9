import { bareShape } from './bare-flush.ts';
import { noop, runShape, settled, withEngine } from './bench-engine.ts';
import { type BenchStore, withStore } from './bench-store.ts';
import { type Benchmark, rounds } from './benchmark.ts';
import { compared, type Pair } from './figure.ts';
import { nodesOf, planOf, type Shape, scaled } from './shape.ts';

/** Half of the bare flush: what the engine may cost. */
export const HALF = { of: 'ratio', least: 0.5 } as const;
const WARM_UP_PART = 0.5;

/** Nodes a second through the engine, beside the bare flush of the same rows. */
export function throughputOf(full: Shape, about: string): Benchmark {
  return {
    name: full.name,
    about,
    measure(effort) {
      const shape = scaled(full, effort.part);
      return withStore(async (store) => {
        const pairs = await rounds(effort, shape.name, {
          warmUp: () => pairOf(store, scaled(shape, WARM_UP_PART)),
          once: () => pairOf(store, shape),
        });
        const aim = HALF;
        const unit = 'nodes/s';
        return [compared(shape.name, unit, { pairs, what: 'bare flush', better: 'higher', aim })];
      });
    },
  };
}

async function pairOf(store: BenchStore, shape: Shape): Promise<Pair> {
  const plan = planOf(shape.levels);
  const reference = await rateOf(shape, () => bareShape(store.store, { shape, plan }));
  return { sample: await engineRate(store, shape), reference };
}

/** Nodes a second of the shape through an engine of its own on the store. */
export function engineRate({ store }: BenchStore, shape: Shape): Promise<number> {
  const plan = planOf(shape.levels);
  return withEngine(store, noop, async (engine) => {
    await settled(engine, planOf([1]));
    return rateOf(shape, () => runShape(engine, plan, shape));
  });
}

/** Nodes a second over all passes; `once` does one of them and says how many ms it took. */
async function rateOf(shape: Shape, once: () => Promise<number>): Promise<number> {
  let ms = 0;
  for (let pass = 0; pass < shape.passes; pass += 1) ms += await once();
  return nodesPerSecond(shape, ms / shape.passes);
}

/** @param ms of one pass */
export function nodesPerSecond(shape: Shape, ms: number): number {
  return nodesOf(shape) / (ms / 1_000);
}
