import { startRedis, type TestRedis } from '@tenuto/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { connectRedis } from '../src/bus/redis-connection.ts';
import { localCounters } from '../src/limits/counters.ts';
import { sharedCounters } from '../src/limits/shared-counters.ts';
import { DEFAULT_RATE_LIMITS } from '../src/plugins/limits.ts';
import { systemClock } from '../src/system-clock.ts';
import { JOBS, startOwnApi } from './server.ts';

describe('limits of several servers', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  async function counters() {
    const log = { info() {}, warn() {}, error() {} };
    const connection = connectRedis(redis.url, { name: 'test', log });
    onTestFinished(() => connection.close());
    await vi.waitUntil(() => connection.ready(), { timeout: 60_000 });
    const local = localCounters(systemClock);
    const shared = sharedCounters({ redis: connection, local, clock: systemClock });
    return { connection, shared };
  }

  it('count as one', async () => {
    const rateLimits = { ...DEFAULT_RATE_LIMITS, read: 6 };
    const [one, two] = [
      await startOwnApi({ rateLimits, counters: (await counters()).shared }),
      await startOwnApi({ rateLimits, counters: (await counters()).shared }),
    ];
    const statuses: number[] = [];
    const tokens = [await one.token('ann', ['jobs:read']), await two.token('ann', ['jobs:read'])];
    for (let i = 0; i < 10; i += 1) {
      const [api, token] = i % 2 === 0 ? [one, tokens[0]] : [two, tokens[1]];
      const { status, headers } = await api.call(JOBS, { token: token ?? null });
      statuses.push(status);
      if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429, 429, 429]);
  });

  it('are each server’s own while Redis is away, and shared again when it is back', async () => {
    const [one, two] = [await counters(), await counters()];
    await one.shared.add('k', 60_000);
    expect((await two.shared.add('k', 60_000)).current).toBe(2);
    await redis.kill();
    await vi.waitUntil(() => !one.connection.ready() && !two.connection.ready());
    expect((await one.shared.add('k', 60_000)).current).toBe(1);
    expect((await two.shared.add('k', 60_000)).current).toBe(1);
    expect((await two.shared.add('k', 60_000, 5)).current).toBe(6);
    await redis.start();
    await vi.waitUntil(() => one.connection.ready() && two.connection.ready(), { timeout: 60_000 });
    const before = (await one.shared.add('again', 60_000)).current;
    expect((await two.shared.add('again', 60_000)).current).toBe(before + 1);
  });

  it('begin anew when their window is over', async () => {
    const { shared } = await counters();
    const first = await shared.add('short', 300, 3);
    expect(first.current).toBe(3);
    expect(first.ttl).toBeLessThanOrEqual(300);
    await vi.waitUntil(async () => (await shared.add('short', 300)).current === 1, {
      ...{ timeout: 60_000, interval: 350 },
    });
  });
});

describe('counters of one process', () => {
  it('begin anew when their window is over, and forget the oldest of too many', async () => {
    const time = { now: 0 };
    const { add } = localCounters({ mono: () => time.now });
    expect(await add('a', 100)).toEqual({ current: 1, ttl: 100 });
    time.now = 40;
    expect(await add('a', 100, 4)).toEqual({ current: 5, ttl: 60 });
    time.now = 100;
    expect(await add('a', 100)).toEqual({ current: 1, ttl: 100 });
    for (let i = 0; i < 10_000; i += 1) await add(`k${i}`, 1_000);
    expect((await add('a', 100)).current).toBe(1);
    expect((await add('k9999', 1_000)).current).toBe(2);
  });
});
