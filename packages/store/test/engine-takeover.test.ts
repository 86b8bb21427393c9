/** Engines that die, freeze and lose replies: their work goes on, and nothing is done twice. */
import { StoreFault } from '@tenuto/engine';
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

describe('a reply that is lost', () => {
  const lost = () => new StoreFault('unavailable', 'the reply was lost');

  test('of a claim: the runs are found and go on', async () => {
    const queueing = await engines.start({ capacity: 0 });
    const runIds = await Promise.all(
      Array.from({ length: 5 }, () =>
        submitted(queueing, testSubmission([{ id: 'a', uses: 'noop' }])),
      ),
    );
    let losing = true;
    const engine = await engines.start({
      probe(method, stage) {
        if (method !== 'claim' || stage !== 'after' || !losing) return;
        losing = false;
        throw lost();
      },
    });
    for (const runId of runIds) await engines.over(runId);
    expect(losing).toBe(false);
    expect(executedBy(engine)).toHaveLength(5);
  });

  test('of every third flush: each node is executed once, each row is there once', async () => {
    let flushes = 0;
    const engine = await engines.start({
      probe(method, stage) {
        if (method !== 'flush' || stage !== 'after') return;
        flushes += 1;
        if (flushes % 3 === 0) throw lost();
      },
    });
    const nodes = Array.from({ length: 6 }, (_, i) => ({
      id: `n${i}`,
      uses: 'noop',
      ...(i > 0 && { needs: [`n${i - 1}`] }),
    }));
    const idempotency = (key: string) => ({ key, requestHash: Buffer.alloc(32) });
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        engine.engine.submit(testSubmission(nodes, { idempotency: idempotency(`${i % 20}`) })),
      ),
    );
    const runIds = results.flatMap((result) => (result.duplicate ? [] : [result.runId]));
    expect(runIds).toHaveLength(20);
    for (const runId of runIds) expect((await engines.over(runId)).status).toBe('completed');
    expect(new Set(engine.executed.map((e) => `${e.runId}/${e.nodeId}`)).size).toBe(120);
    expect(engine.executed).toHaveLength(120);
    expect(await engines.ask('select count(*)::int as n from attempts')).toEqual([{ n: 120 }]);
    await eventually(() => engine.engine.health().ownedRuns === 0);
    expect(engine.engine.health().runningNodes).toBe(0);
  });

  test('of storing a large output: the node does not fail, and is not executed again', async () => {
    let losing = 3;
    const engine = await engines.start({
      probe(method, stage) {
        if (method !== 'putBlobs' || stage !== 'after' || losing === 0) return;
        losing -= 1;
        throw lost();
      },
    });
    const large = { id: 'a', uses: 'echo', with: { text: 'x'.repeat(50_000) } };
    const runId = await submitted(engine, testSubmission([{ ...large, timeout_seconds: 30 }]));
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executedBy(engine)).toEqual(['a1']);
  });
});

describe('a row that the database refuses', () => {
  test('fails its submitter alone; runs beside it are stored', async () => {
    const engine = await engines.start();
    const nodes = [{ id: 'a', uses: 'noop' }];
    const audit = { actor: 'ann', action: 'job.created', subject: '', details: {} };
    const submits = Array.from({ length: 60 }, (_, i) => {
      const bad = [{ name: 'nul \0' }, { priority: 70_000 }, { metadata: { a: '\0' } }][i % 20];
      return engine.engine.submit(testSubmission(nodes, { audit, ...bad }));
    });
    const results = await Promise.allSettled(submits);
    for (const [i, result] of results.entries()) {
      if (i % 20 < 3) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unprocessable' } });
      } else {
        expect(result.status).toBe('fulfilled');
      }
    }
    await eventually(() => engine.engine.health().ownedRuns === 0);
    expect(await engines.ask('select count(*)::int as n from runs')).toEqual([{ n: 51 }]);
    expect(await engines.ask('select count(*)::int as n from audit')).toEqual([{ n: 51 }]);
    expect(engine.engine.health().runningNodes).toBe(0);
  });

  test('of an attempt costs that run an attempt, not its life, and others nothing', async () => {
    const engine = await engines.start();
    const trigger = `create function refuse() returns trigger language plpgsql as $$ begin
        if new.output = '"poison"' then raise exception 'refused' using errcode = '23514'; end if;
        return new; end $$`;
    await engines.ask(trigger);
    await engines.ask(
      'create trigger refusing before insert on attempts for each row execute function refuse()',
    );
    let tries = 0;
    const poisonous = await engines.start({
      actions: { poison: () => ({ status: 'completed', output: tries++ < 1 ? 'poison' : 'fine' }) },
    });
    const poison = await submitted(poisonous, testSubmission([{ id: 'p', uses: 'poison' }]));
    const others = await Promise.all(
      [engine, poisonous].map((one) => submitted(one, testSubmission([{ id: 'a', uses: 'noop' }]))),
    );
    for (const runId of others) expect((await engines.over(runId)).status).toBe('completed');
    expect(await engines.over(poison)).toMatchObject({ status: 'completed' });
    const ends = await engines.attempts(poison);
    expect(ends.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'failed'],
      [2, 'completed'],
    ]);
  });
});
