import type { Attempt } from '@tenuto/contract';
import { expect, it } from 'vitest';
import { readLine, rowsOf, withEnds } from './log-rows.ts';

const attempts = [
  { attempt: 1, last: 2 },
  { attempt: 2, last: 1_000_000 },
];

it('works out each row of a log of any length, and where a line stands', () => {
  const rows = rowsOf(attempts, new Set());
  expect(rows.count).toBe(1_000_004);
  expect(rows.at(0)).toEqual({ attempt: 1, part: 'head' });
  expect(rows.at(2)).toEqual({ attempt: 1, seq: 2 });
  expect(rows.at(3)).toEqual({ attempt: 2, part: 'head' });
  expect(rows.at(1_000_003)).toEqual({ attempt: 2, seq: 1_000_000 });
  expect(rows.indexOf(2, 1_000_000)).toBe(1_000_003);
  expect(rows.at(1_000_004)).toBeUndefined();
});

it('shows only the head of what is folded', () => {
  const rows = rowsOf(attempts, new Set([1]));
  expect(rows.at(1)).toEqual({ attempt: 2, part: 'head' });
  expect(rows.indexOf(1, 1)).toBeUndefined();
});

const ended: Attempt = {
  ...{ node_id: 'quiet', attempt: 1, generation: 0, kind: 'work', status: 'failed' },
  ...{ started_at: null, completed_at: '2026-01-15T09:30:00.180Z', duration_ms: 60 },
  ...{ retry_at: null, output: null, error: { type: 'exit_code', message: 'It ended with 7.' } },
};

it('closes each attempt with how it has ended, also one that said nothing', () => {
  const silent = withEnds([{ attempt: 2, last: 1 }], [ended]);
  const rows = rowsOf(silent, new Set());
  expect(Array.from({ length: rows.count }, (_, index) => rows.at(index))).toEqual([
    { attempt: 1, part: 'head' },
    { attempt: 1, part: 'end' },
    { attempt: 2, part: 'head' },
    { attempt: 2, seq: 1 },
  ]);
  expect(silent[0]?.end).toBe(ended);
});

it('reads a line from an address', () => {
  expect(readLine('2.31')).toEqual({ attempt: 2, seq: 31 });
  expect(readLine('x')).toBeUndefined();
});
