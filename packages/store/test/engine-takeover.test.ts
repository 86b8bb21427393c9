/** Engines that die, freeze and lose replies: their work goes on, and nothing is done twice. */
import { type TestEngine, type TestEngineOptions, testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, eventually, latch, openEngines, submitted } from './engines.ts';

let engines: Engines;
beforeEach(async () => {
  engines = await openEngines();
});
afterEach(() => engines.close());

/** Starts an engine whose `gated` nodes end once the gate is open. */
async function gatedEngine(options: TestEngineOptions = {}) {
  const gate = latch();
  const engine = await engines.start({
    ...options,
    actions: {
      gated: async () => {
        await gate.opened;
        return { status: 'completed', output: 'through' };
      },
    },
  });
  return { engine, gate };
}

const executedBy = (...of: readonly TestEngine[]) =>
  of.flatMap(({ executed }) => executed.map(({ nodeId, attempt }) => `${nodeId}${attempt}`));

describe('an engine that dies', () => {
  test('loses what it had going; what was finished is not done again', async () => {
    const { engine: dying } = await gatedEngine();
    const runId = await submitted(
      dying,
      testSubmission([
        { id: 'a', uses: 'noop' },
        { id: 'b', uses: 'gated', needs: ['a'] },
        { id: 'c', uses: 'noop', needs: ['b'] },
      ]),
    );
    await eventually(() => dying.executed.length === 2);
    dying.kill();
    const { engine: heir, gate } = await gatedEngine();
    gate.open();
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executedBy(dying)).toEqual(['a1', 'b1']);
    expect(executedBy(heir)).toEqual(['b2', 'c1']);
    const ends = await engines.attempts(runId);
    expect(ends.map(({ node, attempt, status }) => [node, attempt, status])).toEqual([
      [0, 1, 'completed'],
      [1, 1, 'failed'],
      [1, 2, 'completed'],
      [2, 1, 'completed'],
    ]);
    expect(JSON.parse(ends[1]?.error ?? '')).toMatchObject({
      classification: 'infrastructure',
      type: 'engine_lost',
    });
    expect(await engines.ask('select 1 from started')).toEqual([]);
  });

  test('leaves its sleepers: they wake up when they would have', async () => {
    const dying = await engines.start();
    const sleep = { id: 'a', uses: 'sleep.for', with: { ms: 1_500 } };
    const runId = await submitted(dying, testSubmission([sleep]));
    await eventually(() => dying.engine.live(runId)?.node(0).status === 'waiting');
    await eventually(async () => (await engines.ask('select 1 from run_events')).length === 1);
    dying.kill();
    const heir = await engines.start();
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executedBy(dying, heir)).toEqual(['a1']);
    const [row] = await engines.ask<{ late: number }>(
      `select extract(epoch from a.ended_at) * 1000
         - (e.body::json -> 'wait' ->> 'until')::float8 as late
       from attempts a join run_events e using (run_id) where run_id = $1`,
      [runId],
    );
    expect(Number(row?.late)).toBeGreaterThanOrEqual(0);
  });

  test('within the delay before a retry does not make it come early', async () => {
    const dying = await engines.start();
    const retry = { max_attempts: 2, base_delay_ms: 1_200, jitter: 'none' as const };
    const runId = await submitted(dying, testSubmission([{ id: 'a', uses: 'fail', retry }]));
    await eventually(async () => (await engines.attempts(runId)).length === 1);
    dying.kill();
    const heir = await engines.start();
    expect(await engines.over(runId)).toMatchObject({ status: 'failed' });
    expect(executedBy(heir)).toEqual(['a2']);
    const [row] = await engines.ask<{ early: boolean }>(
      `select b.started_at < a.retry_at as early from attempts a, attempts b
       where a.attempt = 1 and b.attempt = 2`,
    );
    expect(row).toEqual({ early: false });
  });

  test('each time a node runs leaves that node failed after its attempts, its neighbours unharmed', async () => {
    const retry = { max_attempts: 3 };
    let current: TestEngine | undefined;
    const actions = {
      pill: () => {
        current?.kill();
        return new Promise<never>(() => undefined);
      },
    };
    current = await engines.start({ actions });
    const runId = await submitted(
      current,
      testSubmission([
        { id: 'pill', uses: 'pill', retry },
        ...Array.from({ length: 5 }, (_, i) => ({ id: `n${i}`, uses: 'noop' })),
      ]),
    );
    const pills = () =>
      engines.ask('select 1 from attempts where run_id = $1 and node = 0', [runId]);
    for (let died = 1; died <= 3; died += 1) {
      const dead = current;
      await eventually(() => dead.executed.some(({ nodeId }) => nodeId === 'pill'));
      current = await engines.start({ actions });
      await eventually(async () => (await pills()).length >= died);
    }
    expect(await engines.over(runId)).toMatchObject({
      status: 'failed',
      progress: { counts: { completed: 5, failed: 1 }, error: { node_id: 'pill' } },
    });
    const ends = await engines.attempts(runId);
    expect(ends.filter(({ node }) => node === 0).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    for (let n = 1; n <= 5; n += 1) {
      expect(ends.filter(({ node, status }) => node === n && status === 'completed')).toHaveLength(
        1,
      );
    }
  });

  test('twice under a node lets that node run alone: no neighbour is there to lose its attempt', async () => {
    const retry = { max_attempts: 5 };
    const runId = await (async () => {
      const { engine } = await gatedEngine();
      const id = await submitted(engine, testSubmission([{ id: 'p', uses: 'gated', retry }]));
      await eventually(() => engine.executed.length === 1);
      engine.kill();
      return id;
    })();
    const { engine: second } = await gatedEngine();
    await eventually(() => second.executed.length === 1);
    second.kill();
    const { engine: third, gate } = await gatedEngine();
    await eventually(() => third.executed.length === 1);
    const beside = await submitted(third, testSubmission([{ id: 'n', uses: 'noop' }]));
    expect(third.engine.health()).toMatchObject({ runningNodes: 1, ownedRuns: 1 });
    gate.open();
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(await engines.over(beside)).toMatchObject({ status: 'completed' });
    const [suspect, neighbour] = await Promise.all(
      [runId, beside].map(async (id) => {
        const [row] = await engines.ask<{ at: Date; end: Date }>(
          'select started_at as at, ended_at as end from attempts where run_id = $1 order by seq desc limit 1',
          [id],
        );
        return row;
      }),
    );
    expect(neighbour?.at.getTime()).toBeGreaterThanOrEqual(suspect?.end.getTime() ?? 0);
  });

  test('and comes back under its own name goes on at once', async () => {
    const engineId = crypto.randomUUID();
    const { engine: before } = await gatedEngine({ engineId, leaseMs: 600_000 });
    const runId = await submitted(before, testSubmission([{ id: 'a', uses: 'gated' }]));
    await eventually(() => before.executed.length === 1);
    before.kill();
    const { engine, gate } = await gatedEngine({ engineId, previousIsDead: true });
    gate.open();
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executedBy(engine)).toEqual(['a2']);
  });
});

describe('an engine that is frozen past its lease', () => {
  test('writes nothing any more, begins again under a new epoch, and is of use again', async () => {
    const { engine: frozen, gate } = await gatedEngine();
    const runId = await submitted(frozen, testSubmission([{ id: 'a', uses: 'gated' }]));
    await eventually(() => frozen.executed.length === 1);
    frozen.freeze();
    gate.open();
    const { engine: heir, gate: open } = await gatedEngine();
    open.open();
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executedBy(heir)).toEqual(['a2']);
    frozen.thaw();
    await eventually(() => frozen.log.some(({ outcome }) => outcome === 'fenced'));
    await eventually(() => frozen.engine.health().ownedRuns === 0);
    expect((await engines.attempts(runId)).map(({ status }) => status)).toEqual([
      'failed',
      'completed',
    ]);
    await heir.stop();
    const again = await eventually(() =>
      submitted(frozen, testSubmission([{ id: 'b', uses: 'noop' }])).catch(() => undefined),
    );
    expect(await engines.over(again)).toMatchObject({ status: 'completed' });
    const [fence] = await engines.ask<{ epoch: number; alive: boolean }>(
      'select epoch, alive from engine_fences where engine = $1',
      [frozen.engine.id],
    );
    expect(fence).toEqual({ epoch: 3, alive: true });
  });

  test('starts nothing whose start was committed just before, when it wakes up too late', async () => {
    const { engine: frozen } = await gatedEngine({
      probe: (method, stage) => {
        if (method === 'flush' && stage === 'before' && armed) frozen.freeze();
      },
    });
    let armed = false;
    await eventually(() => frozen.engine.health().status === 'running');
    armed = true;
    const submitting = frozen.engine.submit(testSubmission([{ id: 'a', uses: 'noop' }]));
    submitting.catch(() => undefined);
    const heir = await engines.start();
    await eventually(async () => {
      const ours = await engines.ask(
        'select 1 from engine_fences where engine = $1 and not alive',
        [frozen.engine.id],
      );
      return ours.length > 0;
    });
    armed = false;
    frozen.thaw();
    await eventually(() => frozen.log.some(({ outcome }) => outcome === 'fenced'));
    const runs = await engines.ask<{ run_id: string }>(
      'select run_id from run_live union all select run_id from runs',
    );
    for (const { run_id: runId } of runs) await engines.over(runId);
    expect(executedBy(frozen)).toEqual([]);
    expect(heir.executed.length).toBe(runs.length);
  });
});
