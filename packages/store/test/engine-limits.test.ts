/** Limits that an engine keeps at every instant, and how engines share a queue. */
import { testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, eventually, openEngines, submitted } from './engines.ts';

let engines: Engines;
// A database for each test: an engine of another one would take runs that it cannot do.
beforeEach(async () => {
  engines = await openEngines();
});
afterEach(() => engines.close());

describe('limits of an engine', () => {
  test('slots: never more attempts at once than it has, whatever runs want', async () => {
    let going = 0;
    let most = 0;
    const engine = await engines.start({
      slots: 3,
      actions: {
        busy: async () => {
          going += 1;
          most = Math.max(most, going);
          await new Promise((resolve) => setImmediate(resolve));
          going -= 1;
          return { status: 'completed', output: null };
        },
      },
    });
    const nodes = Array.from({ length: 12 }, (_, i) => ({ id: `n${i}`, uses: 'busy' }));
    const runs = await Promise.all(
      Array.from({ length: 20 }, () => submitted(engine, testSubmission(nodes))),
    );
    for (const runId of runs) expect((await engines.over(runId)).status).toBe('completed');
    expect(most).toBe(3);
    await eventually(() => engine.engine.health().runningNodes === 0);
    await engine.stop();
  });

  test('capacity: what is beyond waits in the database and runs later, nothing is lost', async () => {
    const engine = await engines.start({ capacity: 5, slots: 50 });
    const nodes = [
      { id: 'a', uses: 'sleep.for', with: { ms: 30 } },
      { id: 'b', uses: 'noop', needs: ['a'] },
    ];
    let most = 0;
    const runs = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const runId = await submitted(engine, testSubmission(nodes));
        most = Math.max(most, engine.engine.health().ownedRuns);
        return runId;
      }),
    );
    for (const runId of runs) expect((await engines.over(runId)).status).toBe('completed');
    expect(most).toBeLessThanOrEqual(5);
    await engine.stop();
  });

  test('max_concurrent_nodes of a run', async () => {
    let going = 0;
    let most = 0;
    const engine = await engines.start({
      actions: {
        busy: async () => {
          most = Math.max(most, ++going);
          await new Promise((resolve) => setImmediate(resolve));
          going -= 1;
          return { status: 'completed', output: null };
        },
      },
    });
    const nodes = Array.from({ length: 30 }, (_, i) => ({ id: `n${i}`, uses: 'busy' }));
    const limited = testSubmission(nodes, { input: { maxConcurrentNodes: 4 } });
    const runId = await submitted(engine, limited);
    expect((await engines.over(runId)).status).toBe('completed');
    expect(most).toBe(4);
    await engine.stop();
  });
});

test('engines that share a queue share the work', async () => {
  const both = await Promise.all([
    engines.start({ capacity: 10 }),
    engines.start({ capacity: 10 }),
  ]);
  const nodes = [{ id: 'a', uses: 'sleep.for', with: { ms: 150 } }];
  const [first] = both;
  if (first === undefined) throw new Error('no engine');
  const runs = await Promise.all(
    Array.from({ length: 200 }, () => submitted(first, testSubmission(nodes))),
  );
  for (const runId of runs) expect((await engines.over(runId)).status).toBe('completed');
  const shares = both.map(
    ({ executed }) => executed.filter(({ runId }) => runs.includes(runId)).length,
  );
  expect(shares.reduce((sum, n) => sum + n, 0)).toBe(200);
  for (const share of shares) expect(share).toBeGreaterThan(0);
});
