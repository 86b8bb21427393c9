import { describe, expect, it } from 'vitest';
import {
  duration,
  exact,
  percent,
  pretty,
  relative,
  shortId,
  timeOfDay,
  withLocalTimes,
} from './format.ts';

describe('a length of time', () => {
  it('is said in the two units that matter', () => {
    const said = [0, 340, 999, 1_000, 4_280, 59_999, 60_000, 192_000, 7_500_000, 273_600_000];
    expect(said.map(duration)).toEqual([
      '0 ms',
      '340 ms',
      '999 ms',
      '1.0 s',
      '4.2 s',
      '59.9 s',
      '1m 00s',
      '3m 12s',
      '2h 05m',
      '3d 4h',
    ]);
  });

  it('is never negative, whatever two clocks say', () => {
    expect(duration(-5)).toBe('0 ms');
  });
});

describe('a sentence of the server', () => {
  it('has its times in the zone of the reader, and is else as it was', () => {
    const at = '2026-01-15T09:30:08.000Z';
    expect(withLocalTimes(`The next is made at ${at}, or at ${at}.`)).toBe(
      `The next is made at ${exact(Date.parse(at))}, or at ${exact(Date.parse(at))}.`,
    );
    expect(withLocalTimes('It waits for "2026-01-15".')).toBe('It waits for "2026-01-15".');
  });
});

describe('a time', () => {
  const now = Date.parse('2026-01-15T12:00:00.000Z');

  it('is said as it lies from now', () => {
    expect(relative(now, now)).toBe('just now');
    expect(relative(now - 12_000, now)).toBe('12 s ago');
    expect(relative(now + 180_000, now)).toBe('in 3 min');
    expect(relative(now - 7_200_000, now)).toBe('2 h ago');
    expect(relative(now + 172_800_000, now)).toBe('in 2 d');
    expect(relative(now + 729 * 86_400_000, now)).toBe('in 729 d');
    expect(relative(Date.parse('2099-01-16T12:00:00Z'), now)).toBe('in 73 y');
  });

  it('is said exactly with the zone of the reader', () => {
    expect(exact(now)).toMatch(/^2026-01-1\d \d\d:\d\d:00 (UTC|[+-]\d\d:\d\d)$/);
    expect(timeOfDay(now + 7)).toMatch(/^\d\d:\d\d:00\.007$/);
  });
});

describe('other things', () => {
  it('are told apart by the ends of their ids', () => {
    expect(shortId('0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b')).toBe('8e9f0a1b');
    expect(shortId('build')).toBe('build');
    expect(shortId('payments.example')).toBe('payments.example');
  });

  it('show small parts with a digit more', () => {
    expect([0, 0.004, 0.5, 1].map(percent)).toEqual(['0%', '0.4%', '50%', '100%']);
  });

  it('are text as they are, and JSON otherwise', () => {
    expect(pretty('a\nb')).toBe('a\nb');
    expect(pretty({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(pretty(undefined)).toBe('');
  });
});
