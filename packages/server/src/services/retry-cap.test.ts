import type { InlineRetryPolicy, NodeInput } from '@tenuto/contract';
import { compilePlan } from '@tenuto/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cappedGraph, cappedPolicy } from './retry-cap.ts';

const policy: fc.Arbitrary<InlineRetryPolicy> = fc.record(
  {
    strategy: fc.constantFrom('linear_backoff', 'exponential_backoff', 'custom_backoff'),
    max_delay_ms: fc.integer({ min: 0, max: 300_000 }),
    base_delay_ms: fc.integer({ min: 0, max: 300_000 }),
    delays_ms: fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [] },
);

function nodesOf(policies: readonly (InlineRetryPolicy | undefined)[]): NodeInput[] {
  const node = (i: number): NodeInput => {
    const retry = policies[i];
    return { id: `n${i}`, uses: 'sleep.for', ...(retry !== undefined && { retry }) };
  };
  const children = policies.map((_, i) => node(i)).slice(1);
  const group: NodeInput = { id: 'group', type: 'parallel_group', children };
  return [node(0), ...(children.length > 0 ? [group] : [])];
}

describe('the cap of backoff', () => {
  it('holds for every node of a job, whatever it and the job say', () => {
    const policies = fc.array(fc.option(policy, { nil: undefined }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(policy, policies, fc.integer({ min: 1, max: 300_000 }), (own, given, capMs) => {
        const plan = compilePlan(cappedGraph({ nodes: nodesOf(given) }, capMs), {
          retry: cappedPolicy(own, capMs),
        });
        const free = compilePlan({ nodes: nodesOf(given) }, { retry: own });
        plan.specs.forEach(({ retry }, i) => {
          const wished = free.specs[i]?.retry;
          expect(retry).toEqual({
            ...wished,
            max_delay_ms: Math.min(wished?.max_delay_ms ?? 0, capMs),
          });
        });
      }),
    );
  });

  it('changes nothing of a job that stays below it', () => {
    const dag = { nodes: nodesOf([{ max_delay_ms: 20_000 }, undefined, { strategy: 'none' }]) };
    expect(cappedGraph(dag, 20_000)).toBe(dag);
    const own = { max_delay_ms: 20_000 };
    expect(cappedPolicy(own, 20_000)).toBe(own);
    expect(cappedPolicy({}, 60_000)).toEqual({});
    expect(cappedPolicy({}, 59_999)).toEqual({ max_delay_ms: 59_999 });
  });
});
