import type { Cause } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { ofNode, onlyCause, reason } from './explain-reason.ts';

const causes = (...of: readonly (readonly [Cause, number])[]) => new Map(of);

describe('a run that one node holds up', () => {
  it('says which, and what that one waits for', () => {
    expect(onlyCause(causes(['parents', 3], ['event', 1], ['cleanup', 1]))).toBe('event');
    const told = ofNode('shipped', reason('event', { detail: 'It waits for an event.' }));
    expect(told).toMatchObject({
      detail: 'The run waits at "shipped". It waits for an event.',
      of: { node_id: 'shipped' },
    });
  });

  it.each([
    ['several wait for the same', causes(['event', 2])],
    ['several wait', causes(['event', 1], ['signal', 1])],
    ['it is at work', causes(['running', 1], ['parents', 1])],
    ['nothing waits', causes()],
  ])('is not said where %s', (_, given) => {
    expect(onlyCause(given)).toBeUndefined();
  });
});
