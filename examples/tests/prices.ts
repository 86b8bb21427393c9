// Run by examples/tests.yaml.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const format = (cents: number): string =>
  `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

test('a price has two places', () => {
  assert.equal(format(5), '0.05');
  assert.equal(format(1_999), '19.99');
});
