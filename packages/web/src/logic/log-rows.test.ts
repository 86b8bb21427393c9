import { expect, it } from 'vitest';
import { readLine, rowsOf } from './log-rows.ts';

const attempts = [
  { attempt: 1, last: 2 },
  { attempt: 2, last: 1_000_000 },
];

it('works out each row of a log of any length, and where a line stands', () => {
  const rows = rowsOf(attempts, new Set());
  expect(rows.count).toBe(1_000_004);
  expect(rows.at(0)).toEqual({ attempt: 1, head: true });
  expect(rows.at(2)).toEqual({ attempt: 1, seq: 2 });
  expect(rows.at(3)).toEqual({ attempt: 2, head: true });
  expect(rows.at(1_000_003)).toEqual({ attempt: 2, seq: 1_000_000 });
  expect(rows.indexOf(2, 1_000_000)).toBe(1_000_003);
  expect(rows.at(1_000_004)).toBeUndefined();
});

it('shows only the head of what is folded', () => {
  const rows = rowsOf(attempts, new Set([1]));
  expect(rows.at(1)).toEqual({ attempt: 2, head: true });
  expect(rows.indexOf(1, 1)).toBeUndefined();
});

it('reads a line from an address', () => {
  expect(readLine('2.31')).toEqual({ attempt: 2, seq: 31 });
  expect(readLine('x')).toBeUndefined();
});
