import { expect, it } from 'vitest';
import { readDuration } from './duration-text.ts';

it.each([
  ['500ms', 500],
  ['90s', 90_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
])('%s is %i ms', (text, ms) => {
  expect(readDuration(text)).toBe(ms);
});

it.each(['', '10', 'm', '0s', '-1s', '10 m', '1w', '1e3s'])('"%s" is refused', (text) => {
  expect(() => readDuration(text)).toThrow('is no time such as 90s');
});
