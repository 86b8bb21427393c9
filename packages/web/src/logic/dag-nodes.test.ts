import { describe, expect, it } from 'vitest';
import { nodesOfDag } from './dag-nodes.ts';

const parents = (dag: unknown) =>
  Object.fromEntries(nodesOfDag(dag).map(({ node_id: id, parent_nodes: of }) => [id, of]));

describe('a graph as it is written', () => {
  it('has its parents from nodes and from edges, once', () => {
    expect(
      parents({
        nodes: [{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', parent_nodes: ['b'] }],
        edges: [
          { from: 'a', to: 'b' },
          { from: 'a', to: 'c', when: true },
        ],
      }),
    ).toEqual({ a: [], b: ['a'], c: ['b', 'a'] });
  });

  it('leads through the children of a group to what waits for it', () => {
    expect(
      parents({
        nodes: [
          { id: 'g', children: [{ id: 'x' }, { id: 'y', needs: ['x'] }, { id: 'z' }] },
          { id: 'after', needs: ['g'] },
        ],
      }),
    ).toEqual({ g: [], x: ['g'], y: ['g', 'x'], z: ['g'], after: ['y', 'z'] });
  });

  it.each([
    undefined,
    null,
    3,
    {},
    { nodes: 'x' },
    { nodes: [null, { id: 4 }, []] },
  ])('has no nodes as %j', (dag) => {
    expect(nodesOfDag(dag)).toEqual([]);
  });
});
