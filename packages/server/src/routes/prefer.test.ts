import { expect, it } from 'vitest';
import { prefersAsync } from './prefer.ts';

it.each([
  ['respond-async', true],
  ['wait=10, Respond-Async', true],
  ['respond-async; foo=bar', true],
  ['respond-asynchronously', false],
  ['wait="respond-async"', false],
  ['', false],
  [undefined, false],
])('a preference written as %s is understood', (header, expected) => {
  expect(prefersAsync(header)).toBe(expected);
});
