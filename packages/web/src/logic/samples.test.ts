import { expect, it } from 'vitest';
import { MOST_SAMPLES, sparkPath, withSample } from './samples.ts';

it('keeps samples in order, each once, and the latest ones', () => {
  const one = { at: 1, value: 5 };
  expect(withSample([one], { at: 1, value: 6 })).toEqual([one]);
  expect(withSample([one], { at: 2, value: 6 })).toEqual([one, { at: 2, value: 6 }]);
  const many = Array.from({ length: MOST_SAMPLES }, (_, at) => ({ at, value: at }));
  const more = withSample(many, { at: MOST_SAMPLES, value: 0 });
  expect([more.length, more[0]?.at]).toEqual([MOST_SAMPLES, 1]);
});

it('draws a level line of one sample, and one from zero up of several', () => {
  const size = { width: 100, height: 11 };
  expect(sparkPath([], size)).toBe('');
  expect(sparkPath([{ at: 1, value: 10 }], size)).toBe('M0 1L100 1');
  const line = sparkPath(
    [
      { at: 0, value: 0 },
      { at: 5, value: 10 },
      { at: 10, value: 5 },
    ],
    size,
  );
  expect(line).toBe('M0 11L50 1L100 6');
});

it('lies flat at the bottom while nothing happens', () => {
  const samples = [
    { at: 0, value: 0 },
    { at: 1, value: 0 },
  ];
  expect(sparkPath(samples, { width: 10, height: 5 })).toBe('M0 5L10 5');
});
