import type { Task } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { failuresOf } from './task-outlook.ts';

const runs = (...statuses: NonNullable<Task['last_runs']>[number]['status'][]) => ({
  last_runs: statuses.map((status, i) => ({ run_id: `r${i}`, status })),
});

describe('a task is failing', () => {
  it('by its last runs in a row, those that go on left aside', () => {
    expect(failuresOf(runs('running', 'failed', 'timeout', 'completed', 'failed'))).toBe(2);
    expect(failuresOf(runs('completed', 'failed'))).toBe(0);
    expect(failuresOf(runs('failed', 'aborted'))).toBe(2);
    expect(failuresOf({})).toBe(0);
  });
});
