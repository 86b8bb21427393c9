/** Delays before retries: durable, out of memory when they are long, and never too short. */
import type { InlineRetryPolicy } from '@tenuto/contract';
import { testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, eventually, leftMemory, openEngines, submitted } from './engines.ts';

let engines: Engines;
beforeEach(async () => {
  engines = await openEngines();
});
afterEach(() => engines.close());

const failing = (retry: InlineRetryPolicy) =>
  testSubmission([{ id: 'a', uses: 'fail', retry: { jitter: 'none', ...retry } }]);

interface AttemptTimes {
  readonly attempt: number;
  readonly started: number;
  readonly ended: number;
  readonly retry: number | null;
  /** Its engine died under it. */
  readonly lost: boolean;
}

/** When the attempts of a run were, in milliseconds since the epoch. */
function timesOf(runId: string): Promise<AttemptTimes[]> {
  const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
  return engines.ask<AttemptTimes>(
    `select attempt, ${ms('started_at')} as started, ${ms('ended_at')} as ended,
       ${ms('retry_at')} as retry, error like '%engine_lost%' as lost from attempts where run_id = $1 order by attempt`,
    [runId],
  );
}

const ownerOf = (runId: string) =>
  engines.ask<{ engine: string | null; wake: number }>(
    `select engine, (extract(epoch from wake_at) * 1000)::float8 as wake
     from run_live where run_id = $1`,
    [runId],
  );

describe('a run whose only node waits for a retry', () => {
  test('leaves memory, comes back after a restart, and retries when it is time', async () => {
    const first = await engines.start({ parkAfterMs: 100 });
    const runId = await submitted(first, failing({ max_attempts: 2, base_delay_ms: 3_000 }));
    await leftMemory(first);
    const [parked] = await ownerOf(runId);
    const [{ retry } = { retry: null }] = await timesOf(runId);
    expect(parked?.engine).toBeNull();
    expect(parked?.wake).toBe(retry);
    first.kill();
    const second = await engines.start({ parkAfterMs: 100 });
    expect(await engines.over(runId)).toMatchObject({ status: 'failed' });
    expect(second.executed).toEqual([{ runId, nodeId: 'a', attempt: 2 }]);
    const [one, two, ...more] = await timesOf(runId);
    expect(more).toEqual([]);
    expect(one?.retry).toBe((one?.ended ?? 0) + 3_000);
    expect(two?.started).toBeGreaterThanOrEqual(one?.retry ?? Number.POSITIVE_INFINITY);
    expect(two?.retry).toBeNull();
  });

  test('keeps to its time when its engine dies while it is in memory', async () => {
    const first = await engines.start();
    const runId = await submitted(first, failing({ max_attempts: 2, base_delay_ms: 2_500 }));
    await eventually(async () => (await timesOf(runId)).length === 1);
    expect(first.engine.health().ownedRuns).toBe(1);
    first.kill();
    const second = await engines.start();
    await engines.over(runId);
    expect(second.executed).toEqual([{ runId, nodeId: 'a', attempt: 2 }]);
    const [one, two] = await timesOf(runId);
    expect(two?.started).toBeGreaterThanOrEqual(one?.retry ?? Number.POSITIVE_INFINITY);
  });

  test('retries at once when its time came while nobody was there', async () => {
    const first = await engines.start({ parkAfterMs: 50 });
    const runId = await submitted(first, failing({ max_attempts: 2, base_delay_ms: 1_000 }));
    await leftMemory(first);
    first.kill();
    const due = 'select 1 from run_live where wake_at < clock_timestamp()';
    await eventually(async () => (await engines.ask(due)).length === 1);
    const second = await engines.start();
    await engines.over(runId);
    expect(second.executed.map(({ attempt }) => attempt)).toEqual([2]);
  });
});

describe('the past of a node', () => {
  test('survives its engines: the total time counts from the first start of all', async () => {
    const policy: InlineRetryPolicy = {
      strategy: 'custom_backoff',
      delays_ms: [600, 30_000],
      max_attempts: 5,
      total_time_limit_ms: 30_500,
    };
    const first = await engines.start({ parkAfterMs: 50 });
    const runId = await submitted(first, failing(policy));
    await leftMemory(first);
    first.kill();
    const second = await engines.start({ parkAfterMs: 50 });
    expect(await engines.over(runId)).toMatchObject({ status: 'failed' });
    expect(second.executed).toHaveLength(1);
    const [one, two, ...more] = await timesOf(runId);
    expect(more).toEqual([]);
    // 600 ms, then 30 s more: that would be past the limit, counted from the first start.
    expect(two?.started).toBeGreaterThanOrEqual((one?.ended ?? 0) + 600);
    expect(two?.retry).toBeNull();
  });

  test('a delay of decorrelated jitter grows from the one before, on another engine too', async () => {
    const jitter = 'decorrelated';
    const policy = { max_attempts: 4, base_delay_ms: 100, max_delay_ms: 2_000, jitter } as const;
    const first = await engines.start({ parkAfterMs: 20 });
    const runs = await Promise.all(
      Array.from({ length: 40 }, () => submitted(first, failing(policy))),
    );
    await eventually(async () => (await engines.ask('select 1 from attempts')).length >= 40);
    first.kill();
    await engines.start({ parkAfterMs: 20 });
    let grown = 0;
    for (const runId of runs) {
      await engines.over(runId);
      const attempts = await timesOf(runId);
      expect(attempts).toHaveLength(4);
      let previous = 100;
      for (const { ended, retry, lost } of attempts.slice(0, 3)) {
        const delay = (retry ?? 0) - ended;
        if (lost) {
          previous = 100;
          continue;
        }
        // Times are kept to the microsecond, and rounded up to the millisecond.
        expect(delay).toBeGreaterThanOrEqual(99.9);
        expect(delay).toBeLessThanOrEqual(Math.min(2_000, 3 * previous) + 1.1);
        if (delay > 301.1) grown += 1;
        previous = delay;
      }
    }
    // From the base alone no delay would be longer than 300 ms.
    expect(grown).toBeGreaterThan(5);
  });
});

describe('a retry whose time came while nobody was there', () => {
  test('is not made once the total time is over: the node fails with its last error', async () => {
    const policy = { base_delay_ms: 500, total_time_limit_ms: 1_200 } as const;
    const first = await engines.start({ parkAfterMs: 50 });
    const runId = await submitted(first, failing(policy));
    await leftMemory(first);
    first.kill();
    const late = `select 1 from attempts
      where started_at + interval '1.3 seconds' < clock_timestamp()`;
    await eventually(async () => (await engines.ask(late)).length === 1);
    const second = await engines.start();
    expect(await engines.over(runId)).toMatchObject({
      status: 'failed',
      progress: { error: { node_id: 'a', type: 'test', message: 'told to fail' } },
    });
    expect(second.executed).toEqual([]);
    const [event] = await engines.ask<{ body: string }>(
      `select body from run_events where run_id = $1 and type = 'give_up'`,
      [runId],
    );
    expect(JSON.parse(event?.body ?? '{}')).toMatchObject({
      actor: 'policy',
      reason: expect.stringContaining('total time'),
    });
  });

  test('waits for the next opening of its window, out of memory', async () => {
    const clock = (minutes: number) =>
      new Date(Date.now() + minutes * 60_000).toISOString().slice(11, 16);
    const retry_window = { start: clock(120), end: clock(180) };
    const first = await engines.start({ parkAfterMs: 50 });
    const runId = await submitted(first, failing({ max_attempts: 2, retry_window }));
    await leftMemory(first);
    const [opening] = await timesOf(runId);
    // As if it had been due in the opening before, and no engine had been there.
    await engines.ask(`update attempts set retry_at = retry_at - interval '1 day'`);
    await engines.ask('update run_live set wake_at = now(), claim_key = 0');
    const seen = async () => (await ownerOf(runId))[0];
    await eventually(async () => (await seen())?.wake === opening?.retry);
    expect(await seen()).toEqual({ engine: null, wake: opening?.retry });
    expect(first.executed).toHaveLength(1);
    await engines.cancel(runId);
    expect(await engines.over(runId)).toMatchObject({ status: 'cancelled' });
  });
});

describe('a window that is closed', () => {
  test('keeps the retry until it opens, and the run out of memory', async () => {
    const now = new Date();
    const clock = (minutes: number) =>
      new Date(now.getTime() + minutes * 60_000).toISOString().slice(11, 16);
    const retry_window = { start: clock(120), end: clock(180) };
    const engine = await engines.start({ parkAfterMs: 50 });
    const runId = await submitted(engine, failing({ max_attempts: 2, retry_window }));
    await leftMemory(engine);
    const [attempt] = await timesOf(runId);
    const [parked] = await ownerOf(runId);
    expect(parked).toEqual({ engine: null, wake: attempt?.retry });
    const opening = new Date(attempt?.retry ?? 0).toISOString();
    expect(opening.slice(11)).toBe(`${retry_window.start}:00.000Z`);
    await engines.cancel(runId);
    expect(await engines.over(runId)).toMatchObject({ status: 'cancelled' });
  });
});
