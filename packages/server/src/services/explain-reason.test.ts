import type { Cause } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { heldUpBy, reason } from './explain-reason.ts';

const node = (node_id: string, cause: Cause, detail = '') => ({
  ...{ node_id, status: 'waiting' as const },
  reasons: [reason(cause, { detail })],
});

describe('a run that one node holds up', () => {
  it('says which, and what that one waits for', () => {
    const event = node('shipped', 'event', 'It waits for an event on "shipments".');
    const after = [node('store', 'parents'), node('pack', 'group'), node('tidy', 'cleanup')];
    expect(heldUpBy([event, ...after])).toBe(
      'The run waits at "shipped". It waits for an event on "shipments".',
    );
  });

  it.each([
    ['several wait', [node('a', 'event'), node('b', 'signal')]],
    ['it is at work', [node('a', 'running'), node('b', 'parents')]],
    ['nothing waits', []],
  ])('is not said where %s', (_, nodes) => {
    expect(heldUpBy(nodes)).toBeUndefined();
  });
});
