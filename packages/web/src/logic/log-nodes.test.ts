import { GRAPH_STATES, type GraphState } from '@tenuto/contract';
import { expect, it } from 'vitest';
import { nodeIds, worthReading } from './log-nodes.ts';
import { NOT_THERE } from './run-states.ts';

const states = (...all: (GraphState | undefined)[]) => ({
  codes: Uint8Array.from(all, (one) => (one ? GRAPH_STATES.indexOf(one) : NOT_THERE)),
  instances: [{ node: 3, of: 1, node_id: 'each[0]' }],
});
const nodes = { node_ids: ['first', 'each', 'last'] };

it('patterns are no nodes with a log, what is made of them is', () => {
  const all = states('completed', undefined, 'pending', 'running');
  expect(nodeIds(nodes, all)).toEqual(['first', 'last', 'each[0]']);
});

it('who chooses no node is shown what has failed itself, however far behind it stands', () => {
  expect(worthReading(nodes, states('completed', undefined, 'not_reached', 'failed'))).toBe(
    'each[0]',
  );
  expect(worthReading(nodes, states('completed', undefined, 'running', 'pending'))).toBe('last');
  expect(worthReading(nodes, states('completed', undefined, 'pending', 'pending'))).toBe('first');
  expect(worthReading(nodes, states(undefined, undefined, 'pending', 'pending'))).toBe('last');
});
