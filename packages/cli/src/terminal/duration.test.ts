import { describe, expect, it } from 'vitest';
import { between, duration } from './duration.ts';

describe('a duration', () => {
  it.each([
    [-5, '0 ms'],
    [0, '0 ms'],
    [12.4, '12 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [1_540, '1.5 s'],
    [9_949, '9.9 s'],
    [9_960, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [3_599_600, '1 h 00 min'],
    [7_800_000, '2 h 10 min'],
    [360_000_000, '100 h 00 min'],
  ])('of %d ms is told as %s', (ms, said) => expect(duration(ms)).toBe(said));

  it('between two times is told only when both are there', () => {
    expect(between('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.500Z')).toBe('1.5 s');
    expect(between(null, '2026-01-01T00:00:01.500Z')).toBe('');
    expect(between('2026-01-01T00:00:01.500Z', null)).toBe('');
  });
});
