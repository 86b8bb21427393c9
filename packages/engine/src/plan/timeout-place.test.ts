import { PlanError } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { compilePlan } from './index.ts';

describe('timeout_seconds', () => {
  it.each([
    { type: 'condition', condition_expression: 'true' },
    { type: 'checkpoint' },
    { type: 'parallel_group', children: [{ id: 'c', uses: 'x' }] },
    { type: 'sequential_group', children: [{ id: 'c', uses: 'x' }] },
  ] as const)('is refused on a $type, which has no attempts', (node) => {
    const compile = () => compilePlan({ nodes: [{ id: 'n', timeout_seconds: 5, ...node }] });
    expect(compile).toThrow(PlanError);
    expect(compile).toThrow(/has no attempts to time/);
  });

  it('is taken on a node that works', () => {
    const plan = compilePlan({ nodes: [{ id: 'n', uses: 'x', timeout_seconds: 5 }] });
    expect(plan.specs[0]?.timeoutMs).toBe(5_000);
  });
});
