import { expect, it } from 'vitest';
import { parallel, work } from '../../test/graph-nodes.ts';
import { play } from '../../test/scenario.ts';
import { countsOf, currentNodes, liveView } from './view.ts';

it('counts nodes by what people ask for', () => {
  const run = play([
    work('done'),
    work('broken'),
    work('late'),
    work('busy'),
    work('asleep'),
    work('next', { needs: ['busy'] }),
    work('never', { if: false }),
  ]);
  run.start();
  run.complete('done');
  run.fail('broken');
  run.fail('late', { status: 'timeout' });
  run.wait('asleep', { kind: 'time', until: 5_000 });
  expect(countsOf(run.run)).toEqual({
    pending: 1,
    running: 2,
    completed: 1,
    failed: 2,
    skipped: 1,
  });
  run.stop();
  expect(countsOf(run.run)).toMatchObject({ pending: 0, running: 1, skipped: 3 });
});

it('names what is running, groups and instances too, up to twenty', () => {
  const run = play([parallel('g', [work('child')], { for_each: 'params.list' })], {
    params: { list: Array.from({ length: 30 }, (_, i) => i) },
  });
  run.start();
  const named = currentNodes(run.run);
  expect(named).toHaveLength(20);
  expect(named.slice(0, 2)).toEqual(['g', 'child[0]']);
});

it('shows instances in the place of their pattern, as soon as there are some', () => {
  const group = parallel('g', [work('child')], { needs: ['a'], for_each: 'steps.a' });
  const run = play([work('a'), group]);
  const view = liveView(run.run);
  expect(view.nodeCount()).toBe(2);
  run.start();
  run.completeWith('a', ['x', 'y']);
  expect(view.nodeCount()).toBe(4);
  expect(view.node(3)).toMatchObject({ index: 4, id: 'child[1]', status: 'ready', attempts: 0 });
  expect(view.node(0)).toMatchObject({ id: 'a', output: ['x', 'y'], attempts: 1 });
  expect(() => view.node(4)).toThrow(RangeError);
});

it('shows errors and what a node waits for', () => {
  const run = play([work('a'), work('b')]);
  run.start();
  run.fail('a', { retryAt: 5_000 });
  run.wait('b', { kind: 'run', runId: 'child' });
  const view = liveView(run.run);
  expect(view.node(0)).toMatchObject({
    status: 'waiting',
    error: { type: 'boom', message: 'It broke.' },
    waitingFor: { until: 5_000 },
  });
  expect(view.node(1)).toMatchObject({ waitingFor: { runId: 'child' } });
  expect(view.status).toBe('running');
  expect(view.counts.running).toBe(2);
});
