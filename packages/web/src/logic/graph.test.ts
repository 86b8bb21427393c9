import { describe, expect, it } from 'vitest';
import { type GraphNode, graphOf } from './graph.ts';

const node = (
  node_id: string,
  parent_nodes: string[],
  more: Partial<GraphNode> = {},
): GraphNode => ({
  ...{ node_id, parent_nodes, name: null, type: 'action', uses: 'x', status: 'completed' },
  ...{ error: null, attempts: 1 },
  ...more,
});
const NONE: ReadonlySet<string> = new Set();

function fanOut(size: number, more: (index: number) => Partial<GraphNode> = () => ({})) {
  const shards = Array.from({ length: size }, (_, index) =>
    node(`shard[${index}]`, ['list'], more(index)),
  );
  return [
    node('list', []),
    ...shards,
    node(
      'merge',
      shards.map(({ node_id }) => node_id),
    ),
  ];
}

describe('the graph', () => {
  it('has a card a node and an edge a parent', () => {
    const graph = graphOf([node('a', []), node('b', ['a']), node('c', ['a', 'b'])], NONE);
    expect(graph.cards.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(graph.edges.map(({ from, to }) => from + to)).toEqual(['ab', 'ac', 'bc']);
  });

  it('shows more than twelve that are alike as one card, with counts', () => {
    const graph = graphOf(
      fanOut(20, (index) => (index === 3 ? { status: 'failed' } : {})),
      NONE,
    );
    expect(graph.cards.map(({ label }) => label)).toEqual(['list', 'shard[]', 'merge']);
    expect(graph.cards[1]).toMatchObject({
      status: 'failed',
      counts: { failed: 1, completed: 19 },
    });
    expect(graph.edges).toHaveLength(2);
  });

  it('shows twelve one by one, and any stack that was unfolded', () => {
    expect(graphOf(fanOut(12), NONE).cards).toHaveLength(14);
    const [, stack] = graphOf(fanOut(20), NONE).cards;
    expect(graphOf(fanOut(20), new Set([stack?.id ?? ''])).cards).toHaveLength(22);
  });

  it('does not stack what has other neighbours', () => {
    const chain = Array.from({ length: 30 }, (_, index) =>
      node(`n${index}`, index === 0 ? [] : [`n${index - 1}`]),
    );
    expect(graphOf(chain, NONE).cards).toHaveLength(30);
  });

  it('marks an edge that was not taken', () => {
    const nodes = [node('if', []), node('yes', ['if']), node('no', ['if'], { status: 'skipped' })];
    expect(graphOf(nodes, NONE).edges.map(({ skipped }) => skipped)).toEqual([false, true]);
  });

  it('tells what has failed from what was not reached', () => {
    const upstream = { type: 'upstream_failed', message: '' };
    const nodes = [
      node('a', [], { status: 'failed' }),
      node('b', ['a'], { status: 'failed', error: upstream }),
    ];
    expect(graphOf(nodes, NONE).cards.map(({ status }) => status)).toEqual([
      'failed',
      'not_reached',
    ]);
  });

  it('leaves out parents that it has not heard of', () => {
    expect(graphOf([node('b', ['a'])], NONE).edges).toEqual([]);
  });
});
