import type { Task } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { paramFields, withParam } from './params-schema.ts';
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

describe('the parameters of a template', () => {
  it('are fields of the kinds that their schema says', () => {
    const fields = paramFields({
      type: 'object',
      properties: {
        branch: { type: 'string', default: 'main' },
        times: { type: 'integer' },
        region: { enum: ['eu', 'us'] },
        loud: { type: 'boolean', title: 'Loud' },
        list: { type: 'array' },
      },
      required: ['region'],
    });
    expect(fields?.map(({ name, kind, required }) => [name, kind, required])).toEqual([
      ['branch', 'text', false],
      ['times', 'number', false],
      ['region', 'choice', true],
      ['loud', 'switch', false],
      ['list', 'json', false],
    ]);
    expect(fields?.[3]?.title).toBe('Loud');
    expect(paramFields(null)).toBeUndefined();
  });

  it('count by their defaults once they are taken away', () => {
    expect(withParam({ a: 1 }, 'b', 2)).toEqual({ a: 1, b: 2 });
    expect(withParam({ a: 1 }, 'a', undefined)).toEqual({});
  });
});
