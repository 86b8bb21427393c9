import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identified, type TestIdentity, testIdOf } from './test-id.ts';

const CART: TestIdentity = { suite: 'unit', reportSuite: '', classname: 'Cart', name: 'is empty' };

describe('the id of a test', () => {
  it('is the same in every version of this program', () => {
    expect(testIdOf('ann', CART)).toBe('1bca4670-2c29-88f5-b098-8f789086d21d');
  });

  it('is a UUID of version 8', () => {
    fc.assert(
      fc.property(identities(), (test) => {
        expect(testIdOf('ann', test)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
    );
  });

  it('differs when anything of it differs, wherever the parts are cut', () => {
    const ids = [
      testIdOf('ann', CART),
      testIdOf('bob', CART),
      testIdOf('ann', CART, 2),
      testIdOf('ann', { ...CART, suite: 'u', reportSuite: 'nit' }),
      testIdOf('ann', { ...CART, classname: 'Cart","is', name: 'empty' }),
      testIdOf('ann', { ...CART, classname: '', name: 'Cart is empty' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the tests of a report', () => {
  it('of one identity are counted in their order, others between them or not', () => {
    const other = { ...CART, name: 'is full' };
    expect(identified('ann', [CART, other, CART, CART]).map((one) => one.occurrence)).toEqual([
      1, 1, 2, 3,
    ]);
  });

  it('have ids that are all different', () => {
    fc.assert(
      fc.property(fc.array(identities(), { maxLength: 40 }), (tests) => {
        const ids = identified('ann', tests).map(({ testId }) => testId);
        expect(new Set(ids).size).toBe(tests.length);
      }),
    );
  });
});

function identities(): fc.Arbitrary<TestIdentity> {
  const text = fc.oneof(fc.constantFrom('', 'a', 'b', '"', '","'), fc.string());
  return fc.record({ suite: text, reportSuite: text, classname: text, name: text });
}
