// Run by examples/tests.yaml.
import assert from 'node:assert/strict';
import { test } from 'node:test';

interface Item {
  readonly price: number;
  readonly count: number;
}

const total = (items: readonly Item[]): number =>
  items.reduce((sum, { price, count }) => sum + price * count, 0);

test('an empty cart costs nothing', () => {
  assert.equal(total([]), 0);
});

test('a cart costs what its items cost', () => {
  const items = [
    { price: 250, count: 2 },
    { price: 100, count: 1 },
  ];
  assert.equal(total(items), 600);
});
