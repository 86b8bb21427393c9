import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDice } from './dice.ts';

it('throws the same again under the same seed', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const [a, b] = [createDice(seed), createDice(seed)];
      expect(Array.from({ length: 20 }, a.next)).toEqual(Array.from({ length: 20 }, b.next));
      expect(a.bytes(9)).toEqual(b.bytes(9));
    }),
  );
});

it('stays within its bounds, both ends included', () => {
  const dice = createDice('bounds');
  const throws = Array.from({ length: 500 }, () => dice.int(2, 4));
  expect(new Set(throws)).toEqual(new Set([2, 3, 4]));
  for (let i = 0; i < 500; i += 1) {
    expect(dice.next()).toBeGreaterThanOrEqual(0);
    expect(dice.next()).toBeLessThan(1);
    expect(dice.between(5, 6)).toBeGreaterThanOrEqual(5);
  }
});

it('gives each purpose dice of its own, whatever the others throw', () => {
  const used = createDice('fork');
  used.bytes(100);
  expect(used.fork('a').next()).toBe(createDice('fork').fork('a').next());
  expect(used.fork('a').next()).not.toBe(used.fork('b').next());
});

it('picks nothing from nothing, and what is there although it is undefined', () => {
  const dice = createDice('pick');
  expect(() => dice.pick([])).toThrow(RangeError);
  expect(dice.pick([undefined])).toBeUndefined();
});
