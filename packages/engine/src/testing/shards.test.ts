import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planShards, type Shard, type ShardUnit } from './shards.ts';

const durations = (shards: readonly Shard[]) => shards.map(({ durationMs }) => durationMs);
const makespan = (shards: readonly Shard[]) => Math.max(...durations(shards));
const units = (all: readonly number[]): ShardUnit[] =>
  all.map((durationMs, i) => ({ key: `u${String(i).padStart(4, '0')}`, durationMs }));

/** The bound that Graham proved for longest processing time first. */
const bound = (count: number) => 4 / 3 - 1 / (3 * count);
const ROUNDING = 1e-9;

/** The best makespan there is, by trying all plans. */
function optimum(all: readonly number[], count: number): number {
  const loads = new Array<number>(count).fill(0);
  let best = Number.POSITIVE_INFINITY;
  const place = (at: number): void => {
    const so = Math.max(...loads);
    if (so >= best) return;
    const duration = all[at];
    if (duration === undefined) {
      best = so;
      return;
    }
    const tried = new Set<number>();
    for (let i = 0; i < count; i += 1) {
      const load = loads[i] ?? 0;
      if (tried.has(load)) continue;
      tried.add(load);
      loads[i] = load + duration;
      place(at + 1);
      loads[i] = load;
    }
  };
  place(0);
  return best;
}

describe('shards', () => {
  it('get the longest units first, each where least is to do', () => {
    const shards = planShards(units([50, 40, 30, 20, 10]), 2);
    expect(shards).toEqual([
      { keys: ['u0000', 'u0003', 'u0004'], durationMs: 80 },
      { keys: ['u0001', 'u0002'], durationMs: 70 },
    ]);
  });

  it('are at most by the proven bound longer than the best plan', () => {
    const few = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 9 });
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 4 }), (all, count) => {
        const best = optimum(all, count);
        expect(makespan(planShards(units(all), count))).toBeLessThanOrEqual(
          best * bound(count) + ROUNDING,
        );
      }),
    );
  });

  it('are so for thousands of units, too, of which a perfect plan is known', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 99_999 }), { maxLength: 300 });
    fc.assert(
      fc.property(fc.array(cuts, { minLength: 1, maxLength: 20 }), (shardCuts) => {
        // Each shard of the perfect plan takes 100,000 ms, cut into units at random.
        const all = shardCuts.flatMap((places) => {
          const sorted = [0, ...new Set(places), 100_000].sort((a, b) => a - b);
          return sorted.slice(1).map((place, i) => place - (sorted[i] ?? 0));
        });
        const longest = makespan(planShards(units(all), shardCuts.length));
        expect(longest).toBeLessThanOrEqual(100_000 * bound(shardCuts.length) + ROUNDING);
      }),
    );
  });

  it('hold every unit once', () => {
    const some = fc.uniqueArray(fc.string(), { maxLength: 50 });
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 70 }), (keys, count) => {
        const shards = planShards(
          keys.map((key, i) => ({ key, durationMs: i % 3 === 0 ? undefined : i })),
          count,
        );
        expect(shards).toHaveLength(count);
        expect(shards.flatMap((shard) => shard.keys).sort()).toEqual(keys.toSorted());
      }),
    );
  });

  it('are the same whatever order the units come in', () => {
    const some = fc.uniqueArray(
      fc.record({ key: fc.string(), durationMs: fc.integer({ min: 0, max: 5 }) }),
      { selector: ({ key }) => key, maxLength: 30 },
    );
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 5 }), (all, count) => {
        const again = planShards(all.toReversed(), count);
        expect(again).toEqual(planShards(all, count));
      }),
    );
  });

  it('take a unit that nobody has seen for the median of the others', () => {
    const known = units([10, 20, 90]);
    const [only] = planShards([...known, { key: 'new', durationMs: undefined }], 1);
    expect(only).toEqual({ keys: ['u0002', 'new', 'u0001', 'u0000'], durationMs: 140 });
  });

  it('are spread by number when nothing is known, or nothing takes time', () => {
    for (const durationMs of [undefined, 0]) {
      const all = Array.from({ length: 10 }, (_, i) => ({ key: `k${i}`, durationMs }));
      expect(planShards(all, 3).map(({ keys }) => keys.length)).toEqual([4, 3, 3]);
    }
  });

  it('may have nothing to do when there are more of them than units', () => {
    expect(planShards(units([5]), 3).map(({ keys }) => keys.length)).toEqual([1, 0, 0]);
  });
});
