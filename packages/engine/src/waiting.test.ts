/** Those who wait for something: callers for ends, nodes for runs, submits for plans. */
import { describe, expect, test } from 'vitest';
import { createManualClock, settled } from '../test/manual-clock.ts';
import { someOwned } from '../test/owned-run.ts';
import { compilePlan } from './plan/index.ts';
import { createPlanCache } from './plan-cache.ts';
import { createSubRunCancels } from './sub-run-cancels.ts';
import { createWaiters } from './waiters.ts';
import { createWatches } from './watches.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('callers that wait for an end', () => {
  test('are told when it comes, all of them, and only of their run', async () => {
    const clock = createManualClock();
    const waiters = createWaiters(clock);
    const told: string[] = [];
    for (const id of ['a', 'a', 'b']) {
      void waiters.wait(id, 1_000).then((ended) => told.push(`${id} ${ended}`));
    }
    waiters.ended('a');
    await settled();
    expect(told).toEqual(['a true', 'a true']);
    await clock.advance(1_000);
    expect(told).toEqual(['a true', 'a true', 'b false']);
  });
});

describe('nodes that wait for runs', () => {
  const owned = (dropped = false) => Object.assign(someOwned(), { dropped });

  test('hear of an end once, from here or from the store', async () => {
    const heard: string[] = [];
    const asked: string[][] = [];
    const store = {
      async outcomes(runIds: readonly string[]) {
        asked.push([...runIds]);
        return [{ runId: 'b', status: 'failed' as const }];
      },
    };
    const watches = createWatches(store, ({ node }, runId, status) =>
      heard.push(`${node} ${runId} ${status}`),
    );
    watches.add(owned(), 1, 'a');
    watches.add(owned(), 2, 'b');
    watches.add(owned(), 3, 'b');
    watches.ended('a', 'completed');
    watches.ended('a', 'completed');
    await watches.check();
    await watches.check();
    expect(heard).toEqual(['1 a completed', '2 b failed', '3 b failed']);
    expect(asked).toEqual([['b']]);
  });

  test('are forgotten with their run', async () => {
    const store = { outcomes: () => Promise.reject(new Error('asked for nothing')) };
    const watches = createWatches(store, () => undefined);
    watches.add(owned(true), 1, 'a');
    await expect(watches.check()).resolves.toBeUndefined();
  });
});

describe('cancels of sub-runs', () => {
  test('are asked for until the store has them, together', async () => {
    const asked: string[][] = [];
    let away = true;
    const cancels = createSubRunCancels(
      {
        async requestCancel(runIds) {
          asked.push([...runIds]);
          if (away) throw new Error('away');
        },
      },
      quiet,
    );
    cancels.request('a');
    cancels.request('b');
    await settled();
    away = false;
    await cancels.send();
    await cancels.send();
    expect(asked).toEqual([['a'], ['a', 'b']]);
  });
});

describe('a plan cache', () => {
  const planOf = (id: string) => compilePlan({ nodes: [{ id, uses: 'noop' }] });

  test('stores a plan once, however many submits bring it at once', async () => {
    let stored = 0;
    const cache = createPlanCache({
      plan: () => Promise.reject(new Error('not asked for')),
      async putPlan() {
        stored += 1;
        await settled();
      },
    });
    const plan = planOf('a');
    await Promise.all(Array.from({ length: 50 }, () => cache.keep(plan)));
    expect(stored).toBe(1);
    expect(cache.has(plan.hash)).toBe(true);
    cache.clear();
    expect(cache.has(plan.hash)).toBe(false);
    await cache.keep(plan);
    expect(stored).toBe(2);
  });

  test('tries again after a failure', async () => {
    let away = true;
    const cache = createPlanCache({
      plan: () => Promise.reject(new Error('not asked for')),
      async putPlan() {
        if (away) throw new Error('away');
      },
    });
    const plan = planOf('a');
    await expect(cache.keep(plan)).rejects.toThrow('away');
    away = false;
    await cache.keep(plan);
    expect(cache.has(plan.hash)).toBe(true);
  });

  test('compiles what the store has, once', async () => {
    const plan = planOf('a');
    let asked = 0;
    const cache = createPlanCache({
      async plan() {
        asked += 1;
        return plan.document;
      },
      putPlan: () => Promise.resolve(),
    });
    expect((await cache.get(plan.hash)).hash).toBe(plan.hash);
    await cache.get(plan.hash);
    expect(asked).toBe(1);
  });
});
