/** Cancels, drains and parking: how runs leave an engine in good order. */
import { armFailpoints } from '@tenuto/engine';
import { type TestEngineOptions, testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Engines, eventually, latch, openEngines, submitted } from './engines.ts';

let engines: Engines;
beforeEach(async () => {
  engines = await openEngines();
});
afterEach(() => engines.close());

const statuses = async (runId: string) =>
  Object.fromEntries((await engines.attempts(runId)).map(({ node, status }) => [node, status]));

describe('a cancel', () => {
  /** Ends with what it was told; deaf ones never. */
  const actions: TestEngineOptions['actions'] = {
    polite: (call) =>
      new Promise((resolve) => {
        call.signal.addEventListener('abort', () =>
          resolve({ status: 'completed', output: String(call.signal.reason) }),
        );
      }),
  };
  const graph = [
    { id: 'polite', uses: 'polite', grace_seconds: 60 },
    { id: 'deaf', uses: 'hang', grace_seconds: 0.1 },
    { id: 'asleep', uses: 'sleep.for', with: { ms: 3_600_000 } },
    { id: 'after', uses: 'noop', needs: ['polite'] },
    { id: 'tidy', uses: 'noop', type: 'cleanup' as const },
  ];

  test('lets attempts end within their grace, starts nothing but the cleanup, and is final', async () => {
    const engine = await engines.start({ actions });
    const runId = await submitted(engine, testSubmission(graph));
    await eventually(() => engine.executed.length === 3);
    await engines.cancel(runId);
    engine.engine.poke(runId);
    expect(await engines.over(runId)).toMatchObject({
      status: 'cancelled',
      progress: { counts: { completed: 2, skipped: 3 } },
    });
    expect(await statuses(runId)).toEqual({ 0: 'completed', 1: 'cancelled', 4: 'completed' });
    expect(engine.executed.map(({ nodeId }) => nodeId)).toEqual([
      'polite',
      'deaf',
      'asleep',
      'tidy',
    ]);
    expect(await engines.ask('select 1 from run_inbox')).toEqual([]);
    expect(engine.engine.health()).toMatchObject({ ownedRuns: 0, runningNodes: 0 });
  });

  test('at once gives no grace, and cleans up all the same', async () => {
    const engine = await engines.start({ actions });
    const patient = [{ id: 'deaf', uses: 'hang', grace_seconds: 600 }, ...graph.slice(-1)];
    const runId = await submitted(engine, testSubmission(patient));
    await eventually(() => engine.executed.length === 1);
    await engines.cancel(runId, 'immediate');
    engine.engine.poke(runId);
    expect(await engines.over(runId)).toMatchObject({ status: 'cancelled' });
    expect(await statuses(runId)).toEqual({ 0: 'cancelled', 1: 'completed' });
  });

  test('is carried out elsewhere when the start that it found under way never led to an attempt', async () => {
    const quickMayEnd = latch();
    const flushesGoOn = latch();
    const toldToAbort = latch();
    let flushesHang = false;
    const engine = await engines.start({
      actions: {
        quick: () => quickMayEnd.opened.then(() => ({ status: 'completed', output: null })),
        deaf: (call) => {
          call.signal.addEventListener('abort', toldToAbort.open);
          return new Promise(() => undefined);
        },
      },
      async probe(method, stage) {
        if (method === 'flush' && stage === 'before' && flushesHang) await flushesGoOn.opened;
      },
    });
    const nodes = [
      { id: 'quick', uses: 'quick' },
      { id: 'deaf', uses: 'deaf', grace_seconds: 60 },
      { id: 'next', uses: 'noop', needs: ['quick'] },
    ];
    const runId = await submitted(engine, testSubmission(nodes));
    await eventually(() => engine.executed.length === 2);
    flushesHang = true;
    quickMayEnd.open();
    await eventually(() => engine.engine.health().journalBacklogRows > 0);
    await engines.cancel(runId);
    engine.engine.poke(runId);
    await toldToAbort.opened;
    onTestFinished(armFailpoints((point) => void (point === 'before-park' && flushesGoOn.open())));
    await engine.stop();
    expect(engine.executed).toHaveLength(2);
    await engines.start();
    expect(await engines.over(runId)).toMatchObject({ status: 'cancelled' });
  });

  test('of a run that sleeps in the database wakes it to end it', async () => {
    const engine = await engines.start({ parkAfterMs: 10 });
    const runId = await submitted(engine, testSubmission([graph[2] ?? { id: 'none' }]));
    await eventually(() => engine.engine.health().ownedRuns === 0);
    await engines.cancel(runId);
    expect(await engines.over(runId)).toMatchObject({ status: 'cancelled' });
  });

  test('of a parent reaches the run that it waits for, even when the store is away at first', async () => {
    let away = 2;
    const engine = await engines.start({
      probe(method, stage) {
        if (method === 'requestCancel' && stage === 'before' && away-- > 0) throw new Error('away');
      },
    });
    const child = await submitted(
      engine,
      testSubmission([{ id: 'c', uses: 'hang', grace_seconds: 0 }]),
    );
    const parent = await submitted(
      engine,
      testSubmission([{ id: 'p', uses: 'wait.run', with: { run: child } }]),
    );
    await eventually(() => engine.engine.live(parent)?.node(0).status === 'waiting');
    await engines.cancel(parent);
    expect(await engines.over(parent)).toMatchObject({ status: 'cancelled' });
    expect(await engines.over(child)).toMatchObject({ status: 'cancelled' });
  });

  test('racing with ends, 200 times in an engine: each run is completed or cancelled', async () => {
    const engine = await engines.start();
    const ends = { completed: 0, cancelled: 0 };
    for (let i = 0; i < 200; i += 1) {
      const nodes = [
        { id: 'a', uses: 'noop' },
        { id: 'b', uses: 'noop', needs: ['a'] },
      ];
      const runId = await submitted(engine, testSubmission(nodes));
      await engines.cancel(runId);
      engine.engine.poke(runId);
      const { status } = await engines.over(runId);
      expect(['completed', 'cancelled']).toContain(status);
      ends[status as keyof typeof ends] += 1;
    }
    expect(ends.completed + ends.cancelled).toBe(200);
    expect(await engines.ask('select 1 from run_inbox')).toEqual([]);
    expect(await engines.ask('select 1 from run_live')).toEqual([]);
    expect(engine.engine.health()).toMatchObject({ ownedRuns: 0, runningNodes: 0 });
  });
});

describe('an engine that stops', () => {
  test('lets what is going on end, starts nothing more, and hands the rest back at once', async () => {
    const gate = latch();
    const engine = await engines.start({
      actions: {
        gated: async () => {
          await gate.opened;
          return { status: 'completed', output: null };
        },
      },
    });
    const runId = await submitted(
      engine,
      testSubmission([
        { id: 'a', uses: 'gated' },
        { id: 'b', uses: 'noop', needs: ['a'] },
      ]),
    );
    await eventually(() => engine.executed.length === 1);
    const stopping = engine.stop(60_000);
    await expect(
      engine.engine.submit(testSubmission([{ id: 'x', uses: 'noop' }])),
    ).rejects.toMatchObject({ code: 'overloaded' });
    gate.open();
    await stopping;
    expect(await statuses(runId)).toEqual({ 0: 'completed' });
    expect(await engines.ask('select engine from run_live')).toEqual([{ engine: null }]);
    const heir = await engines.start({ leaseMs: 600_000 });
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(heir.executed).toMatchObject([{ nodeId: 'b', attempt: 1 }]);
  });

  test('cuts short what does not end in time; that is no suspicion against the node', async () => {
    const runIds: string[] = [];
    const first = await engines.start();
    runIds.push(await submitted(first, testSubmission([{ id: 'a', uses: 'hang' }])));
    let before = first;
    for (let stops = 1; stops <= 3; stops += 1) {
      const stopping = before;
      await eventually(() => stopping.executed.some(({ attempt }) => attempt === stops));
      await stopping.stop(0);
      before = await engines.start();
    }
    const [runId = ''] = runIds;
    await eventually(() => before.executed.some(({ attempt }) => attempt === 4));
    const beside = await submitted(before, testSubmission([{ id: 'b', uses: 'noop' }]));
    expect(await engines.over(beside)).toMatchObject({ status: 'completed' });
    const errors = (await engines.attempts(runId)).map(
      ({ error }) => JSON.parse(error ?? '{}').type,
    );
    expect(errors).toEqual(['engine_stopped', 'engine_stopped', 'engine_stopped']);
  });

  test('while runs come in loses none: each is refused or handed over', async () => {
    const first = await engines.start({ slots: 2 });
    const nodes = [{ id: 'a', uses: 'sleep.for', with: { ms: 5 } }];
    const accepted: string[] = [];
    const submitting = Array.from({ length: 300 }, async () => {
      const result = await first.engine.submit(testSubmission(nodes)).catch(() => undefined);
      if (result !== undefined && !result.duplicate) accepted.push(result.runId);
    });
    await eventually(() => accepted.length > 20);
    await first.stop(50);
    await Promise.all(submitting);
    const second = await engines.start();
    for (const runId of accepted) expect((await engines.over(runId)).status).toBe('completed');
    expect(await engines.ask('select 1 from run_live')).toEqual([]);
    expect(second.engine.health().runningNodes).toBe(0);
  });
});
