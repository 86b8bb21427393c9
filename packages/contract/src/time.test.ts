import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTime, parseTime, timeOfId } from './time.ts';

describe('a time', () => {
  it('comes back as it was written', () => {
    const ms = fc.integer({ min: 0, max: Date.parse('9999-12-31T23:59:59.999Z') });
    fc.assert(
      fc.property(ms, (at) => {
        expect(parseTime(formatTime(at))).toBe(at);
      }),
    );
  });

  it.each([
    ['2026-01-15T09:30:00Z', '2026-01-15T09:30:00.000Z'],
    ['2026-01-15t09:30:00z', '2026-01-15T09:30:00.000Z'],
    ['2026-01-15 09:30:00Z', '2026-01-15T09:30:00.000Z'],
    ['2026-01-15T09:30:00.123456789+05:45', '2026-01-15T03:45:00.123Z'],
    ['2024-02-29T00:00:00-03:30', '2024-02-29T03:30:00.000Z'],
  ])('%s is read with its offset', (text, expected) => {
    expect(formatTime(parseTime(text) ?? Number.NaN)).toBe(expected);
  });

  it.each([
    '',
    'now',
    '2026-01-15',
    '2026-01-15T09:30Z',
    '2026-01-15T09:30:00',
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:59:60Z',
    '2026-01-01T00:00:00+25:00',
    '20260115T093000Z',
    '+002026-01-15T09:30:00Z',
    ' 2026-01-15T09:30:00Z',
  ])('"%s" is none', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});

it('the time of an id is the one it was made at', () => {
  expect(timeOfId('0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b')).toBe(0x0199a1b27c3d);
});
