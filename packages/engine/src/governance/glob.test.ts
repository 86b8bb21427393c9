import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathMatcher } from './glob.ts';

describe('a glob', () => {
  it.each([
    ['README.md', 'README.md', true],
    ['README.md', 'docs/README.md', false],
    ['*.md', 'a.md', true],
    ['*.md', 'a/b.md', false],
    ['**/*.md', 'b.md', true],
    ['**/*.md', 'a/b/c.md', true],
    ['src/**', 'src/a/b.ts', true],
    ['src/**', 'lib/a.ts', false],
    ['src/**/x/*.ts', 'src/a/x/b/x/c.ts', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['**', 'any/thing', true],
    ['./a/./b', 'a/b', true],
    ['*', '', false],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
  ])('%s matches %s: %s', (glob, path, expected) => {
    expect(pathMatcher(glob)(path)).toBe(expected);
  });

  it('without wildcards matches itself alone', () => {
    const part = fc.stringMatching(/^[a-z0-9_.-]{1,8}$/).filter((text) => text !== '.');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), fc.array(part, { minLength: 1 }), (a, b) => {
        expect(pathMatcher(a.join('/'))(b.join('/'))).toBe(a.join('/') === b.join('/'));
      }),
    );
  });

  it('is followed in time that its length does not multiply', () => {
    const path = `${'a/'.repeat(200)}${'a'.repeat(5_000)}`;
    const hostile = `${'**/a/'.repeat(50)}${'*a'.repeat(50)}b`;
    expect(pathMatcher(hostile)(path)).toBe(false);
  });
});
