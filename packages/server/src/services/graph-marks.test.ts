import { NO_STATE } from '@tenuto/engine';
import { expect, it } from 'vitest';
import { createGraphMarks } from './graph-marks.ts';

/** As much of a run as is looked at. */
const run = (runId: string, ...states: number[]) => ({
  runId,
  states: () => ({ states: Uint8Array.from(states), attempts: new Uint16Array(states.length) }),
});
const marks = (nodesKept?: number) => {
  let ids = 0;
  return createGraphMarks(() => {
    ids += 1;
    return `${ids}`;
  }, nodesKept);
};

it('tells everything first, without what has no state', () => {
  const changes = marks()(run('r', 0, NO_STATE, 2), undefined);
  expect([changes.whole, changes.nodes]).toEqual([true, [0, 2]]);
});

it('tells each who asks what they lack', () => {
  const changesOf = marks();
  const first = changesOf(run('r', 0, 0, 0), undefined);
  const second = changesOf(run('r', 2, 0, 0), first);
  expect([second.whole, second.nodes]).toEqual([false, [0]]);
  const third = changesOf(run('r', 2, 2, 0), second);
  expect(third.nodes).toEqual([1]);
  expect(changesOf(run('r', 2, 2, 0), first).nodes).toEqual([0, 1]);
  expect(changesOf(run('r', 2, 2, 0), third).nodes).toEqual([]);
});

it('tells of nodes that were made meanwhile', () => {
  const changesOf = marks();
  const first = changesOf(run('r', 0), undefined);
  expect(changesOf(run('r', 0, 1, 1), first).nodes).toEqual([1, 2]);
});

it('tells everything again when a run has fewer nodes than before', () => {
  const changesOf = marks();
  const first = changesOf(run('r', 0, 1, 1), undefined);
  expect(changesOf(run('r', 0), first).nodes).toEqual([]);
});

it('forgets those that were looked at longest ago, and tells them whole then', () => {
  const changesOf = marks(3);
  const first = changesOf(run('a', 0, 0), undefined);
  changesOf(run('b', 0, 0), undefined);
  expect(changesOf(run('a', 0, 0), first).whole).toBe(true);
});

it('trusts no number that it has not given', () => {
  const changesOf = marks();
  const { id } = changesOf(run('a', 0), undefined);
  expect(changesOf(run('a', 0), { id, version: 7 }).whole).toBe(true);
});
