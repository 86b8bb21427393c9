import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { nearest } from './suggest.ts';

const IDS = ['build', 'deploy', 'unit-tests', 'a', 'b1', 'b2', '__proto__'];

describe('the nearest name', () => {
  test.each<[string, string | undefined]>([
    ['build', 'build'],
    ['biuld', 'build'],
    ['buil', 'build'],
    ['builds', 'build'],
    ['Build', 'build'],
    ['deplyo', 'deploy'],
    ['unit-test', 'unit-tests'],
    ['unittests', 'unit-tests'],
    ['c', 'a'],
    ['b3', 'b1'],
    ['__porto__', '__proto__'],
    ['completely different', undefined],
    ['xyzxy', undefined],
    ['', undefined],
  ])('to %j is %j', (name, expected) => {
    expect(nearest(name, IDS)).toBe(expected);
  });

  it('is none among none, or for a name that is very long', () => {
    expect(nearest('build', [])).toBeUndefined();
    expect(nearest('x'.repeat(65), ['x'.repeat(65)])).toBeUndefined();
  });

  it('looks at a bounded number of candidates', () => {
    let seen = 0;
    function* endless() {
      for (;;) yield `name-${seen++}`;
    }
    nearest('something', endless());
    expect(seen).toBeLessThanOrEqual(2_001);
  });

  it('is always a candidate, and the name itself when it is one', () => {
    const name = fc.string({ maxLength: 20, minLength: 1 });
    fc.assert(
      fc.property(name, fc.array(name), (wanted, candidates) => {
        const found = nearest(wanted, candidates);
        if (found !== undefined) expect(candidates).toContain(found);
        if (candidates.includes(wanted)) expect(found).toBe(wanted);
      }),
    );
  });

  it('finds a name with one character wrong', () => {
    const name = fc.string({ unit: fc.constantFrom(...'abcdef'), minLength: 3, maxLength: 20 });
    fc.assert(
      fc.property(name, fc.nat(), (right, at) => {
        const i = at % right.length;
        const wrong = `${right.slice(0, i)}x${right.slice(i + 1)}`;
        expect(nearest(wrong, [right, 'something else entirely'])).toBe(right);
      }),
    );
  });
});
