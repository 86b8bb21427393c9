/** Sleeps, parking, clocks that jump, and a database that is away for a while. */
import { setTimeout } from 'node:timers/promises';
import { type TestEngineOptions, testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, eventually, latch, leftMemory, openEngines, submitted } from './engines.ts';
import { executedBy } from './recoveries.ts';

let engines: Engines;
beforeEach(async () => {
  engines = await openEngines();
});
afterEach(() => engines.close());

describe('a run that sleeps for long', () => {
  test('leaves memory, comes back in time, and is not charged for its sleep', async () => {
    const engine = await engines.start({ parkAfterMs: 100 });
    const runId = await submitted(
      engine,
      testSubmission(
        [
          { id: 'a', uses: 'sleep.for', with: { ms: 2_500 } },
          { id: 'b', uses: 'noop', needs: ['a'] },
        ],
        { input: { timeoutMs: 1_000 } },
      ),
    );
    await leftMemory(engine);
    expect(await engines.ask('select engine from run_live')).toEqual([{ engine: null }]);
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(engine.executed.map(({ nodeId }) => nodeId)).toEqual(['a', 'b']);
  });

  test('is not charged for it when its engine dies meanwhile, or right after', async () => {
    const dying = await engines.start();
    const nodes = [
      { id: 'a', uses: 'sleep.for', with: { ms: 2_000 } },
      { id: 'b', uses: 'hang', needs: ['a'] },
      { id: 'c', uses: 'noop', needs: ['b'] },
    ];
    const runId = await submitted(dying, testSubmission(nodes, { input: { timeoutMs: 1_900 } }));
    await eventually(async () => (await engines.ask('select 1 from run_events')).length === 1);
    dying.kill();
    const second = await engines.start();
    await eventually(() => second.executed.some(({ nodeId }) => nodeId === 'b'));
    second.kill();
    const third = await engines.start({
      actions: { hang: () => ({ status: 'completed', output: null }) },
    });
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(third.executed.map(({ nodeId }) => nodeId)).toEqual(['b', 'c']);
  });

  test('is woken by its deadline', async () => {
    const engine = await engines.start({ parkAfterMs: 50 });
    const sleep = [{ id: 'a', uses: 'sleep.for', with: { ms: 3_600_000 } }];
    const deadlineAt = Date.now() + 1_000;
    const runId = await submitted(engine, testSubmission(sleep, { input: { deadlineAt } }));
    expect(await engines.over(runId)).toMatchObject({ status: 'timeout' });
  });
});

test('a run whose deadline passes in the queue starts nothing', async () => {
  const late = testSubmission([{ id: 'a', uses: 'noop' }], {
    input: { deadlineAt: Date.now() - 1 },
  });
  const engine = await engines.start({ capacity: 1 });
  const first = await submitted(engine, testSubmission([{ id: 'h', uses: 'hang' }]));
  const runId = await submitted(engine, late);
  await engines.cancel(first, 'immediate');
  expect(await engines.over(runId)).toMatchObject({ status: 'timeout' });
  expect(engine.executed.map(({ nodeId }) => nodeId)).toEqual(['h']);
});

describe('a run that waits for a message', () => {
  const slow: TestEngineOptions['actions'] = {
    'signal.wait': () => ({ status: 'waiting', wait: { kind: 'signal', name: 'go' } }),
    slow: async () => {
      await setTimeout(700);
      return { status: 'completed', output: null };
    },
  };
  const nodes = [
    { id: 'a', uses: 'signal.wait' },
    { id: 'b', uses: 'slow', needs: ['a'] },
  ];
  const begun = async () => {
    const engine = await engines.start({ actions: slow, parkAfterMs: 0 });
    const runId = await submitted(engine, testSubmission(nodes, { input: { timeoutMs: 1_500 } }));
    await leftMemory(engine);
    return { engine, runId };
  };

  test('is not charged for it, although it left memory', async () => {
    const { runId } = await begun();
    await setTimeout(1_500);
    await engines.tell(runId, 'signal', { name: 'go', payload: null });
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
  });

  test('nor when it hears something else meanwhile', async () => {
    const { engine, runId } = await begun();
    for (const [type, body] of [
      ['signal', { name: 'other', payload: null }],
      ['pause', {}],
      ['resume', {}],
    ] as const) {
      await setTimeout(700);
      await engines.tell(runId, type, body);
      await eventually(async () => (await engines.ask('select 1 from run_inbox')).length === 0);
      await leftMemory(engine);
    }
    await engines.tell(runId, 'signal', { name: 'go', payload: null });
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
  });
});

describe('a run that is paused while an attempt is going on', () => {
  const nodes = [
    { id: 'a', uses: 'slow' },
    { id: 'b', uses: 'noop', needs: ['a'] },
  ];
  const paused = async (options: TestEngineOptions = {}) => {
    const gate = latch();
    const slow = async () => {
      await gate.opened;
      return { status: 'completed', output: null } as const;
    };
    const engine = await engines.start({ ...options, actions: { slow } });
    const runId = await submitted(engine, testSubmission(nodes, { input: { timeoutMs: 1_500 } }));
    await eventually(() => executedBy(engine).includes('a1'));
    await engines.tell(runId, 'pause');
    await eventually(async () => (await engines.ask('select 1 from run_inbox')).length === 0);
    await setTimeout(1_600);
    return { engine, runId, gate };
  };
  const completes = async (runId: string) => {
    await engines.tell(runId, 'resume');
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
  };

  test('is not charged for the pause, and stays until the attempt has ended', async () => {
    const { engine, runId, gate } = await paused({ parkAfterMs: 0 });
    expect(engine.engine.live(runId)?.status).toBe('paused');
    gate.open();
    await leftMemory(engine);
    await completes(runId);
  });

  test.each([
    'before the attempt has ended',
    'right after the attempt has ended',
  ])('nor when its engine dies in the pause, %s', async (moment) => {
    const { engine, runId, gate } = await paused();
    if (moment.startsWith('right')) {
      gate.open();
      await eventually(async () => (await engines.attempts(runId)).length === 1);
    }
    engine.kill();
    await engines.start({ actions: { slow: () => ({ status: 'completed', output: null }) } });
    await completes(runId);
  });
});

describe('a clock of the machine that jumps', () => {
  test.each([
    3_600_000, -3_600_000,
  ])('by %i ms ends no run, moves no retry and breaks no lease', async (ms) => {
    const engine = await engines.start();
    const retry = { max_attempts: 2, base_delay_ms: 800, jitter: 'none' as const };
    const runId = await submitted(
      engine,
      testSubmission(
        [
          { id: 'r', uses: 'fail', retry },
          { id: 's', uses: 'sleep.for', with: { ms: 900 } },
          { id: 'h', uses: 'hang', grace_seconds: 0 },
        ],
        { input: { timeoutMs: 30_000 } },
      ),
    );
    await eventually(async () => (await engines.attempts(runId)).length === 1);
    engine.setClock(ms);
    await eventually(async () => (await engines.attempts(runId)).length === 3);
    const rows = await engines.ask<{ early: number }>(
      `select extract(epoch from a.retry_at - b.started_at) * 1000 as early from attempts a
       join attempts b on b.run_id = a.run_id and b.node = a.node and b.attempt = 2
       where a.run_id = $1 and a.attempt = 1 and a.node = 0`,
      [runId],
    );
    expect(rows).toHaveLength(1);
    for (const { early } of rows) {
      expect(Number(early)).toBeLessThanOrEqual(0);
      expect(Number(early)).toBeGreaterThan(-60_000);
    }
    expect(engine.engine.live(runId)?.status).toBe('running');
    expect(engine.log.filter(({ level }) => level === 'error')).toEqual([]);
    const beside = await submitted(engine, testSubmission([{ id: 'b', uses: 'noop' }]));
    expect(await engines.over(beside)).toMatchObject({ status: 'completed' });
    await engines.cancel(runId, 'immediate');
    await engines.over(runId);
  });
});

describe('an engine whose database is away', () => {
  test('says so, refuses what it cannot hold, and goes on when it is back', async () => {
    const gate = latch();
    let away = false;
    const engine = await engines.start({
      leaseMs: 60_000,
      probe: async (method, stage) => {
        if (away && method === 'flush' && stage === 'before') await gate.opened;
      },
    });
    const nodes = [{ id: 'a', uses: 'noop' }];
    await engines.over(await submitted(engine, testSubmission(nodes)));
    away = true;
    const submission = testSubmission(nodes);
    let refused = 0;
    let stored = 0;
    const submits = Array.from({ length: 51_000 }, () =>
      engine.engine.submit(submission).then(
        () => {
          stored += 1;
        },
        (error: { code?: string }) => {
          expect(error.code).toBe('overloaded');
          refused += 1;
        },
      ),
    );
    await eventually(() => refused > 0);
    away = false;
    gate.open();
    await Promise.all(submits);
    expect(stored).toBeGreaterThan(20_000);
    expect(stored + refused).toBe(51_000);
    const all = 'select (select count(*)::int from runs) as n';
    await eventually(async () => (await engines.ask<{ n: number }>(all))[0]?.n === stored + 1);
    expect(engine.engine.health()).toMatchObject({ runningNodes: 0, journalBacklogRows: 0 });
  });
});
