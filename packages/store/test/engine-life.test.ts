/** What an engine does with runs while nothing goes wrong. */
import { failed, type TestEngine, testSubmission } from '@tenuto/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engines, eventually, latch, openEngines, submitted } from './engines.ts';

let engines: Engines;
let calm: TestEngine;
beforeAll(async () => {
  engines = await openEngines();
  calm = await engines.start();
});
afterAll(() => engines.close());

describe('a run', () => {
  test('goes from submit to end, parents before children, outputs handed on', async () => {
    const runId = await submitted(
      calm,
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

  test('of nodes that do nothing themselves ends too', async () => {
    const runId = await submitted(calm, testSubmission([{ id: 'a', type: 'checkpoint' }]));
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
  });

  test('that fails fast at its very beginning is stopped, and says why', async () => {
    const runId = await submitted(
      calm,
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
      await submitted(calm, testSubmission(nodes)),
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
    const runId = await submitted(calm, testSubmission([{ id: 'a', uses: 'fail', retry }]));
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
    const runId = await submitted(calm, testSubmission(nodes, { input: { timeoutMs: 300 } }));
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

describe('results', () => {
  test('that are large are stored apart and come back', async () => {
    const text = 'ä'.repeat(40_000);
    const runId = await submitted(
      calm,
      testSubmission([
        { id: 'a', uses: 'echo', with: { text } },
        { id: 'b', uses: 'echo', with: { size: '${size(steps.a.text)}' }, needs: ['a'] },
        { id: 'c', uses: 'echo', with: { text: 'x'.repeat(9 * 1024 * 1024) } },
      ]),
    );
    expect(await engines.over(runId)).toMatchObject({ status: 'failed' });
    const [row] = await engines.ask<{ output: string | null; bytes: string }>(
      `select a.output, convert_from(b.bytes, 'utf8') as bytes from attempts a
       join blobs b on b.hash = a.output_ref where a.run_id = $1`,
      [runId],
    );
    expect(row).toEqual({ output: null, bytes: JSON.stringify({ text }) });
    const ends = await engines.attempts(runId);
    expect(ends.find(({ node }) => node === 1)?.output).toBe('{"size":40000}');
    expect(JSON.parse(ends.find(({ node }) => node === 2)?.error ?? '')).toMatchObject({
      type: 'output_too_large',
    });
  });

  test('artifacts and logs are there when the run is over, whatever bytes they are of', async () => {
    const bytes = Buffer.from([0, 255, 1, 128]);
    const engine = await engines.start({
      actions: {
        make: (call) => {
          call.log('stdout', 'one\ntwo');
          call.log('stderr', 'nul \0 and half \ud800');
          const artifact = { name: 'a.bin', mediaType: 'application/octet-stream', bytes };
          return { status: 'completed', output: 'made', artifacts: [artifact] };
        },
        chatter: (call) => {
          for (let i = 0; i < 3; i += 1) call.log('stdout', 'y'.repeat(600 * 1024));
          return { status: 'completed', output: null };
        },
      },
    });
    const nodes = ['make', 'chatter'].map((uses) => ({ id: uses, uses }));
    const runId = await submitted(engine, testSubmission(nodes));
    await engines.over(runId);
    await engine.stop();
    expect(
      await engines.ask(
        `select a.name, a.size_bytes::int as size, b.bytes from artifacts a
         join blobs b using (hash) where a.run_id = $1`,
        [runId],
      ),
    ).toEqual([{ name: 'a.bin', size: 4, bytes }]);
    const lines = await engines.ask<{ node: number; stream: string; text: string }>(
      'select node, stream, text from node_logs where run_id = $1 order by node, seq',
      [runId],
    );
    expect(lines.slice(0, 2)).toEqual([
      { node: 0, stream: 'stdout', text: 'one\ntwo' },
      { node: 0, stream: 'stderr', text: 'nul  and half \ufffd' },
    ]);
    const chatter = lines.slice(2);
    expect(chatter.map(({ stream }) => stream)).toEqual(['stdout', 'stdout', 'system']);
    expect(chatter.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(1_100_000);
  });
});

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
  await calm.stop();
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
