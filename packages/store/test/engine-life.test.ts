/** What an engine does with runs while nothing goes wrong. */
import { failed, testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, eventually, latch, openEngines, submitted } from './engines.ts';

let engines: Engines;
// A database for each test: an engine of another one would take runs that it cannot do.
beforeEach(async () => {
  engines = await openEngines();
});
afterEach(() => engines.close());

describe('a run', () => {
  test('goes from submit to end, parents before children, outputs handed on', async () => {
    const runId = await submitted(
      await engines.start(),
      testSubmission([
        { id: 'a', uses: 'echo', with: { v: 20 } },
        { id: 'b', uses: 'echo', with: { v: '${steps.a.v + 1}' }, needs: ['a'] },
        { id: 'c', uses: 'echo', with: { v: '${steps.b.v * 2}' }, needs: ['b'] },
      ]),
    );
    expect(await engines.over(runId)).toMatchObject({
      status: 'completed',
      progress: { counts: { completed: 3, failed: 0 } },
    });
    const attempts = await engines.attempts(runId);
    expect(attempts.map(({ seq, node }) => [seq, node])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ]);
    expect(attempts[2]?.output).toBe('{"v":42}');
    expect(await engines.ask('select 1 from run_live where run_id = $1', [runId])).toEqual([]);
  });

  test('that ends is told of to whoever waits, while memory is compared with the database', async () => {
    const engine = await engines.start({ leaseMs: 300, capacity: 1_000 });
    const submission = testSubmission([{ id: 'a', uses: 'noop' }]);
    let left = 6_000;
    const heard: boolean[] = [];
    const caller = async () => {
      while (left-- > 0) {
        const runId = await submitted(engine, submission);
        heard.push(await engine.engine.ended(runId, 30_000));
      }
    };
    await Promise.all(Array.from({ length: 50 }, caller));
    expect(heard).toEqual(Array(6_000).fill(true));
    await engine.stop();
  });

  test('of nodes that do nothing themselves ends too', async () => {
    const runId = await submitted(
      await engines.start(),
      testSubmission([{ id: 'a', type: 'checkpoint' }]),
    );
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
  });

  test('that fails fast at its very beginning is stopped, and says why', async () => {
    const runId = await submitted(
      await engines.start(),
      testSubmission(
        [
          { id: 'a', uses: 'noop', if: 'params.missing > 1' },
          { id: 'b', uses: 'hang' },
        ],
        { input: { failFast: true } },
      ),
    );
    expect(await engines.over(runId)).toMatchObject({
      status: 'failed',
      progress: { error: { node_id: 'a', type: 'expression_failed' } },
    });
  });

  test('whose action throws or answers nonsense fails alone', async () => {
    const engine = await engines.start({
      actions: {
        throws: () => {
          throw new Error('a bug');
        },
        circular() {
          const output: Record<string, never> = {};
          Reflect.set(output, 'self', output);
          return { status: 'completed', output };
        },
        never: () => ({ status: 'waiting', wait: { kind: 'time', until: Number.NaN } }),
      },
    });
    for (const uses of ['throws', 'circular', 'never', 'nowhere']) {
      const nodes = [{ id: 'a', uses, retry: { max_attempts: 1 } }];
      const runId = await submitted(engine, testSubmission(nodes));
      expect(await engines.over(runId)).toMatchObject({
        status: 'failed',
        progress: { error: { type: 'action_error' } },
      });
    }
    await engine.stop();
  });

  test('that waits for another run gets its end', async () => {
    const gate = latch();
    const engine = await engines.start({
      actions: {
        gated: async () => {
          await gate.opened;
          return { status: 'completed', output: 1 };
        },
      },
    });
    const child = await submitted(engine, testSubmission([{ id: 'x', uses: 'gated' }]));
    const nodes = [{ id: 'w', uses: 'wait.run', with: { run: child } }];
    const parents = [
      await submitted(engine, testSubmission(nodes)),
      await submitted(await engines.start(), testSubmission(nodes)),
    ];
    await eventually(() => engine.engine.live(parents[0] ?? '')?.node(0).status === 'waiting');
    gate.open();
    for (const runId of parents) {
      expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
      const [end] = await engines.attempts(runId);
      expect(JSON.parse(end?.output ?? '')).toEqual({ run_id: child, status: 'completed' });
    }
    await engine.stop();
  });
});

describe('an idempotency key', () => {
  test('used at once in two engines, many times, makes one run', async () => {
    const calm = await engines.start();
    const other = await engines.start();
    const nodes = [{ id: 'a', uses: 'noop' }];
    for (let round = 0; round < 10; round += 1) {
      const key = `round-${round}`;
      const idempotency = { key, requestHash: Buffer.alloc(32) };
      const results = await Promise.all(
        [calm, other, calm, other, calm].map(({ engine }) =>
          engine.submit(testSubmission(nodes, { idempotency })),
        ),
      );
      const won = results.filter((result) => !result.duplicate);
      expect(won).toHaveLength(1);
      const rows = await engines.ask<{ n: number }>(
        `select count(*)::int as n from idempotency_keys k
         where k.key = $1 and (exists (select 1 from runs r where r.run_id = k.run_id)
           or exists (select 1 from run_live r where r.run_id = k.run_id))`,
        [key],
      );
      expect(rows).toEqual([{ n: 1 }]);
    }
    await eventually(() => calm.engine.health().ownedRuns === 0);
    expect(calm.engine.health().runningNodes).toBe(0);
    await other.stop();
  });
});

describe('a failed attempt', () => {
  test('is made again after its delay, as often as its policy says', async () => {
    const retry = { max_attempts: 3, base_delay_ms: 60, jitter: 'none' as const };
    const runId = await submitted(
      await engines.start(),
      testSubmission([{ id: 'a', uses: 'fail', retry }]),
    );
    expect(await engines.over(runId)).toMatchObject({ status: 'failed' });
    const rows = await engines.ask<{ late: number }>(
      `select extract(epoch from started_at - lag(retry_at) over (order by attempt)) * 1000 as late
       from attempts where run_id = $1`,
      [runId],
    );
    expect(rows).toHaveLength(3);
    for (const { late } of rows.slice(1)) expect(Number(late)).toBeGreaterThanOrEqual(0);
  });
});

describe('a time limit', () => {
  test('of a node tells it to abort, and ends it when its grace is over', async () => {
    const reasons: unknown[] = [];
    const engine = await engines.start({
      actions: {
        deaf: (call) => {
          call.signal.addEventListener('abort', () => reasons.push(call.signal.reason));
          return new Promise(() => undefined);
        },
        obedient: (call) =>
          new Promise((resolve) => {
            call.signal.addEventListener('abort', () =>
              resolve({ ...failed('unknown', 'stopped'), output: 'so far' }),
            );
          }),
      },
    });
    const limits = { timeout_seconds: 0.1, retry: { max_attempts: 1 } };
    const runId = await submitted(
      engine,
      testSubmission([
        { id: 'deaf', uses: 'deaf', grace_seconds: 0.1, ...limits },
        { id: 'obedient', uses: 'obedient', grace_seconds: 60, ...limits },
      ]),
    );
    expect(await engines.over(runId)).toMatchObject({ status: 'failed' });
    const ends = (await engines.attempts(runId)).toSorted((a, b) => a.node - b.node);
    expect(ends.map(({ status, output }) => [status, output])).toEqual([
      ['timeout', null],
      ['timeout', '"so far"'],
    ]);
    expect(reasons).toEqual(['timeout']);
    await engine.stop();
  });

  test('of a run stops what is going on', async () => {
    const nodes = [
      { id: 'a', uses: 'hang', grace_seconds: 0 },
      { id: 'z', uses: 'noop', type: 'cleanup' as const },
    ];
    const runId = await submitted(
      await engines.start(),
      testSubmission(nodes, { input: { timeoutMs: 300 } }),
    );
    expect(await engines.over(runId)).toMatchObject({ status: 'timeout' });
    const ends = await engines.attempts(runId);
    expect(ends.map(({ node, status }) => [node, status])).toEqual([
      [0, 'timeout'],
      [1, 'completed'],
    ]);
  });

  test('that has passed makes a result late: it is noted and changes nothing', async () => {
    const gate = latch();
    const engine = await engines.start({
      actions: {
        slow: async () => {
          await gate.opened;
          return { status: 'completed', output: 'too late' };
        },
      },
    });
    const slow = { id: 'a', uses: 'slow', timeout_seconds: 0.05, grace_seconds: 0 };
    const runId = await submitted(
      engine,
      testSubmission([
        { ...slow, retry: { max_attempts: 1 } },
        { id: 'b', uses: 'hang', grace_seconds: 0 },
      ]),
    );
    await eventually(async () => (await engines.attempts(runId)).length === 1);
    gate.open();
    const late = await eventually(async () => {
      const [event] = await engines.ask<{ seq: number; body: string }>(
        `select seq, body from run_events where run_id = $1 and type = 'late'`,
        [runId],
      );
      return event;
    });
    expect(JSON.parse(late.body)).toEqual({ node: 0, attempt: 1, status: 'completed' });
    expect((await engines.attempts(runId)).map(({ status }) => status)).toEqual(['timeout']);
    engine.kill();
    const heir = await engines.start({ leaseMs: 300 });
    await eventually(async () => (await engines.attempts(runId)).length === 2);
    const seqs = (await engines.attempts(runId)).map(({ seq }) => seq);
    expect(new Set([...seqs, late.seq]).size).toBe(3);
    await engines.cancel(runId);
    await engines.over(runId);
    await heir.stop();
  });
});
