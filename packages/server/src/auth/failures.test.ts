import { describe, expect, it } from 'vitest';
import { createFailures } from './failures.ts';

function stage(most = 3) {
  const time = { now: 1_000 };
  const failures = createFailures({ clock: { mono: () => time.now }, most });
  const fail = (address: string, times: number) => {
    for (let i = 0; i < times; i += 1) failures.failed(address);
  };
  return { time, failures, fail };
}

describe('failed authentications', () => {
  it('close an address for the rest of a minute once they are too many', () => {
    const { time, failures, fail } = stage();
    fail('a', 2);
    expect(failures.waitMs('a', 'k')).toBe(0);
    time.now += 20_000;
    fail('a', 1);
    expect(failures.waitMs('a', 'k')).toBe(40_000);
    time.now += 39_999;
    expect(failures.waitMs('a', 'k')).toBe(1);
    time.now += 1;
    expect(failures.waitMs('a', 'k')).toBe(0);
    fail('a', 2);
    expect(failures.waitMs('a', 'k')).toBe(0);
    fail('a', 1);
    expect(failures.waitMs('a', 'k')).toBe(60_000);
  });

  it('count for their address alone', () => {
    const { failures, fail } = stage();
    fail('a', 100);
    expect(failures.waitMs('b', 'k')).toBe(0);
  });

  it('do not shut out who has come in lately from behind the same address', () => {
    const { time, failures, fail } = stage();
    failures.passed('good');
    fail('a', 3);
    expect(failures.waitMs('a', 'good')).toBe(0);
    expect(failures.waitMs('a', 'other')).toBeGreaterThan(0);
    time.now += 600_000;
    fail('a', 3);
    expect(failures.waitMs('a', 'good')).toBeGreaterThan(0);
  });

  it('from more addresses than are remembered forget the oldest, and never the newest', () => {
    const { failures, fail } = stage();
    for (let i = 0; i <= 10_000; i += 1) fail(`a${i}`, 3);
    expect(failures.waitMs('a0', 'k')).toBe(0);
    expect(failures.waitMs('a1', 'k')).toBeGreaterThan(0);
    expect(failures.waitMs('a10000', 'k')).toBeGreaterThan(0);
  });
});
