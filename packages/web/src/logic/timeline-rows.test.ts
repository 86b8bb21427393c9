import { expect, it } from 'vitest';
import { answer, codeOf, graphFrom } from './graph.fixture.ts';
import { told } from './run-states.ts';
import { placesOf, timelineRows } from './timeline-rows.ts';

const ALL = { shown: new Set<string>(), folded: new Set<number>() };
const NOW = 5_000;
const graph = graphFrom([
  { id: 'prepare' },
  { id: 'checks', needs: ['prepare'] },
  { id: 'browser', group: 'checks' },
  { id: 'unit', group: 'checks' },
  { id: 'is-main', needs: ['checks'] },
  { id: 'deploy', needs: ['is-main'] },
  { id: 'later', needs: ['deploy'] },
]);
const DONE = 'completed' as const;
const states = told(
  undefined,
  answer([DONE, DONE, DONE, DONE, DONE, 'running', 'pending'], {
    attempts: {
      ...{
        node: [0, 3, 2],
        attempt: [1, 1, 1],
        state: [DONE, DONE, 'failed' as const].map(codeOf),
      },
      ...{ started: [0, 20, 30], ended: [10, 40, 90] },
    },
    running: [{ node: 5, attempt: 1, started: 95 }],
  }),
  NOW,
);
const places = placesOf(graph, states);
const names = (wish: Partial<typeof ALL> = {}) =>
  timelineRows(states, places, { ...ALL, ...wish }).map(
    ({ node, depth }) => `${'  '.repeat(depth)}${graph.ids[node]}`,
  );

it('spans what stands in a group, and puts a decision where what it waits for has ended', () => {
  const checks = graph.indexOf.get('checks') ?? -1;
  const decision = graph.indexOf.get('is-main') ?? -1;
  expect([places.starts[checks], places.ends[checks]]).toEqual([1_020, 1_090]);
  expect([places.moments[decision], places.starts[decision]]).toEqual([1, 1_090]);
  expect(places.ends[graph.indexOf.get('deploy') ?? -1]).toBe(Number.POSITIVE_INFINITY);
});

it('puts rows in the order in which they began, parts behind their group', () => {
  const rows = ['prepare', 'checks', '  unit', '  browser', 'is-main', 'deploy', 'later'];
  expect(names()).toEqual(rows);
});

it('hides what stands in a folded group, and shows groups of what is asked for', () => {
  const folded = new Set([graph.indexOf.get('checks') ?? -1]);
  expect(names({ folded })).toEqual(['prepare', 'checks', 'is-main', 'deploy', 'later']);
  expect(names({ shown: new Set(['pending']) })).toEqual(['later']);
});

it('puts instances into the instance of their group', () => {
  const many = graphFrom(
    [
      { id: 'plan' },
      { id: 'pair', needs: ['plan'], pattern: 'pair' },
      { id: 'part', group: 'pair', pattern: 'pair' },
    ],
    [
      { node: 3, of: 1, node_id: 'pair[0]' },
      { node: 4, of: 2, node_id: 'part[0][1]' },
    ],
  );
  const answered = answer([DONE, DONE, DONE, DONE, DONE]);
  const { node, state } = answered.nodes;
  const there = told(
    undefined,
    {
      ...answered,
      nodes: {
        ...answered.nodes,
        node: node.filter((one) => one !== 1 && one !== 2),
        state: [state[0] ?? 0, state[3] ?? 0, state[4] ?? 0],
      },
    },
    NOW,
  );
  expect(placesOf(many, there).parents[4]).toBe(3);
});
