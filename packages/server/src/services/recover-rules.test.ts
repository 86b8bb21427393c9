import { RECOVERY_ACTIONS, RUN_STATUSES, RUN_TRANSITIONS, type RunStatus } from '@tenuto/contract';
import { compilePlan, type NodeSpec } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { NEEDS_NODE, nodeObstacle, recoverWay, TAKES_NO_NODE } from './recover-rules.ts';

const every = RUN_STATUSES.flatMap((status) =>
  RECOVERY_ACTIONS.map((action) => ({ status, action })),
);

describe('a recovery by hand', () => {
  it.each(every)('of a run that is $status by $action goes where the states allow', (one) => {
    const { status, action } = one;
    const way = recoverWay(status, action);
    const next = RUN_TRANSITIONS[status];
    if (way === 'abort') expect(next).toContain('aborted');
    if (way === 'reopen') expect(next).toContain('recovering');
    // What changes the status of a run that goes on leads through recovering.
    if (way === 'tell' && (action === 'rollback_state' || action === 'abort_execution')) {
      expect(next).toContain('recovering');
    }
    if (next.length === 0) expect(way).toBeUndefined();
  });

  it.each<[RunStatus, string]>([
    ['pending', 'nothing'],
    ['queued', 'nothing'],
    ['scheduled', 'nothing'],
    ['running', 'tell'],
    ['paused', 'tell for a node'],
    ['completed', 'nothing'],
    ['failed', 'reopen, or abort'],
    ['cancelled', 'nothing'],
    ['timeout', 'reopen, or abort'],
    ['retrying', 'nothing'],
    ['recovering', 'nothing'],
    ['aborted', 'nothing'],
  ])('of a run that is %s: %s', (status, expected) => {
    const ways = new Map(RECOVERY_ACTIONS.map((action) => [action, recoverWay(status, action)]));
    const all = new Set(ways.values());
    if (expected === 'nothing') expect(all).toEqual(new Set([undefined]));
    if (expected === 'tell') expect(all).toEqual(new Set(['tell']));
    if (expected === 'reopen, or abort') {
      expect(ways.get('abort_execution')).toBe('abort');
      expect(all).toEqual(new Set(['abort', 'reopen']));
    }
    if (expected === 'tell for a node') {
      for (const [action, way] of ways) {
        expect(way).toBe(TAKES_NO_NODE.has(action) ? undefined : 'tell');
      }
    }
  });

  it('needs a node, takes one, or takes none: never two of these', () => {
    for (const action of RECOVERY_ACTIONS) {
      expect(NEEDS_NODE.has(action) && TAKES_NO_NODE.has(action)).toBe(false);
    }
  });
});

const plan = compilePlan({
  nodes: [
    { id: 'plain', uses: 'noop' },
    { id: 'spare', uses: 'noop', fallback: { uses: 'noop' } },
  ],
});
const [plain, spare] = plan.specs as [NodeSpec, NodeSpec];
const node = (status: Parameters<typeof nodeObstacle>[2]['status'], spec = plain) => ({
  id: 'n',
  status,
  spec,
});

describe('a node', () => {
  it('of a run that goes on can be recovered while it waits, and only then', () => {
    expect(nodeObstacle('skip_node', 'tell', node('waiting'))).toBeUndefined();
    for (const status of ['pending', 'ready', 'running', 'completed', 'failed'] as const) {
      expect(nodeObstacle('retry_job', 'tell', node(status))).toMatchObject({ kind: 'state' });
    }
  });

  it('of a run that is over can be recovered unless it completed', () => {
    for (const status of ['failed', 'timeout', 'skipped', 'cancelled', 'pending'] as const) {
      expect(nodeObstacle('skip_node', 'reopen', node(status))).toBeUndefined();
    }
    expect(nodeObstacle('skip_node', 'reopen', node('completed'))).toMatchObject({
      ...{ kind: 'state', message: 'The node "n" has completed.' },
    });
    expect(nodeObstacle('retry_job', 'reopen', node('completed'))).toBeUndefined();
  });

  it('without a fallback cannot use one, whatever its state', () => {
    expect(nodeObstacle('fallback_strategy', 'reopen', node('failed'))).toMatchObject({
      kind: 'request',
    });
    expect(nodeObstacle('fallback_strategy', 'reopen', node('failed', spare))).toBeUndefined();
    expect(nodeObstacle('fallback_strategy', 'tell', node('waiting', spare))).toBeUndefined();
  });
});
