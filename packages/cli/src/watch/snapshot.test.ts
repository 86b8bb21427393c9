import { RUN_STATUSES } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { at, sampleJob, sampleNode, sampleSnapshot } from '../../test/samples.ts';
import { EXIT } from '../exit-code.ts';
import { type Change, changesBetween, exitCodeOf, isOver } from './snapshot.ts';

const told = (changes: readonly Change[]): readonly string[] =>
  changes.map((change) =>
    change.kind === 'job' ? `job ${change.status}` : `${change.node.node_id} ${change.node.status}`,
  );

describe('changes between snapshots', () => {
  const first = sampleSnapshot([
    sampleNode('a', 'running'),
    sampleNode('b'),
    sampleNode('c', 'ready'),
  ]);

  it('are, at first, all that has begun', () => {
    expect(told(changesBetween(undefined, first))).toEqual(['job running', 'a running']);
  });

  it('are none between two that say the same', () => {
    expect(changesBetween(first, first)).toEqual([]);
  });

  it('are not that a node became ready', () => {
    const next = sampleSnapshot([sampleNode('a', 'running'), sampleNode('b', 'ready')]);
    expect(changesBetween(first, next)).toEqual([]);
  });

  it('are a new status and a new attempt', () => {
    const next = sampleSnapshot(
      [sampleNode('a', 'running', { attempts: 2 }), sampleNode('b', 'completed')],
      { status: 'completed' },
    );
    expect(told(changesBetween(first, next))).toEqual([
      'a running',
      'b completed',
      'job completed',
    ]);
  });

  it('are nodes that a fan-out brought', () => {
    const next = sampleSnapshot([
      ...first.nodes,
      sampleNode('d[0]', 'running'),
      sampleNode('d[1]'),
    ]);
    expect(told(changesBetween(first, next))).toEqual(['d[0] running']);
  });

  it('are that a node fell back to pending', () => {
    const next = sampleSnapshot([sampleNode('a', 'pending', { attempts: 1 })]);
    expect(told(changesBetween(first, next))).toEqual(['a pending']);
  });
});

describe('a job', () => {
  it('is over when it has ended and nothing of it runs any more', () => {
    for (const status of RUN_STATUSES) {
      const isEnd = ['completed', 'failed', 'cancelled', 'timeout', 'aborted'].includes(status);
      expect(isOver(sampleJob({ status, completed_at: at(5) })), status).toBe(isEnd);
      expect(isOver(sampleJob({ status, completed_at: null })), status).toBe(false);
    }
  });

  it('ends the command with 0 only when it completed', () => {
    for (const status of RUN_STATUSES) {
      expect(exitCodeOf(sampleJob({ status })) === EXIT.ok, status).toBe(status === 'completed');
    }
  });
});
