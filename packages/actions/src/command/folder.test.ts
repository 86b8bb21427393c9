import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isWithin } from './folder.ts';

it.each([
  ['/a', '/a', true],
  ['/a', '/a/b', true],
  ['/a', '/a/..b', true],
  ['/', '/b', true],
  ['/a', '/ab', false],
  ['/a', '/', false],
  ['/a/b', '/a/c', false],
])('%s contains %s: %s', (folder, path, expected) => {
  expect(isWithin(folder, path)).toBe(expected);
});

it('a folder contains everything below it and is not contained in it', () => {
  const name = fc.stringMatching(/^[a-z.]{1,5}$/).filter((text) => text !== '.' && text !== '..');
  const way = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(way, way, (folder, below) => {
      expect(isWithin(folder, folder + below)).toBe(true);
      expect(isWithin(folder + below, folder)).toBe(false);
    }),
  );
});
