import type { ActionRunner } from '@tenuto/engine';
import { bareFlushTimes } from './bare-flush.ts';
import { noop, runShape, settled, withEngine } from './bench-engine.ts';
import { type BenchStore, withStore } from './bench-store.ts';
import { type Benchmark, rounds } from './benchmark.ts';
import { compared, figure } from './figure.ts';
import { planOf, SHAPES, type Shape, scaled } from './shape.ts';
import { percentile } from './statistics.ts';

const CHAIN: Shape = { ...SHAPES.chain, runs: 50, outstanding: 1, passes: 1 };
const WARM_UP_PART = 0.4;
const HOP_MEDIAN_MS = 1.5;

interface Round {
  readonly p50: number;
  readonly p99: number;
  readonly bareP50: number;
}

/** From the start of a node to the start of the one that needs it, with nothing else going on. */
export const hop: Benchmark = {
  name: 'hop',
  about: 'hop latency of one chain of 50 on an idle engine',
  measure(effort) {
    const shape = scaled(CHAIN, effort.part);
    return withStore(async (store) => {
      const all = await rounds(effort, 'hop', {
        warmUp: () => roundOf(store, scaled(shape, WARM_UP_PART)),
        once: () => roundOf(store, shape),
      });
      const pairs = all.map(({ p50, bareP50 }) => ({ sample: p50, reference: bareP50 }));
      const aim = { of: 'value', most: HOP_MEDIAN_MS } as const;
      return [
        compared('hop p50', 'ms', { pairs, what: 'bare flush', better: 'lower', aim }),
        figure('hop p99', 'ms', { samples: all.map(({ p99 }) => p99) }),
      ];
    });
  },
};

async function roundOf({ store }: BenchStore, shape: Shape): Promise<Round> {
  const plan = planOf(shape.levels);
  const bare = await bareFlushTimes(store, { shape, plan });
  const hops: number[] = [];
  const last = { runId: '', at: 0 };
  const timing: ActionRunner = {
    run(call) {
      const at = performance.now();
      if (call.runId === last.runId) hops.push(at - last.at);
      Object.assign(last, { runId: call.runId, at });
      return noop.run(call);
    },
  };
  await withEngine(store, timing, async (engine) => {
    await settled(engine, planOf([1]));
    await runShape(engine, plan, shape);
  });
  return {
    p50: percentile(hops, 0.5),
    p99: percentile(hops, 0.99),
    bareP50: percentile(bare, 0.5),
  };
}
