import { describe, expect, it } from 'vitest';
import { sampleNode } from '../../test/samples.ts';
import { baseOf, readOutline, type TreeNode, treeOf } from './outline.ts';

const graph = {
  nodes: [
    { id: 'a' },
    { id: 'outer', children: [{ id: 'x' }, { id: 'inner', children: [{ id: 'y' }] }] },
  ],
};

const shown = (tree: readonly TreeNode[]): string =>
  tree
    .map(({ node, children }) =>
      children.length > 0 ? `${node.node_id}(${shown(children)})` : node.node_id,
    )
    .join(' ');

const tree = (...ids: readonly string[]) =>
  shown(
    treeOf(
      ids.map((id) => sampleNode(id)),
      readOutline(graph),
    ),
  );

describe('the outline of a graph', () => {
  it('names the group of each node', () => {
    expect([...readOutline(graph)]).toEqual([
      ['x', 'outer'],
      ['inner', 'outer'],
      ['y', 'inner'],
    ]);
  });

  it.each([
    null,
    3,
    'nodes',
    [],
    {},
    { nodes: 3 },
    { nodes: [null, 3, { id: 4 }] },
  ])('of %j is empty', (nothing) => expect(readOutline(nothing).size).toBe(0));
});

describe('the tree of nodes', () => {
  it('has nodes in their groups', () => {
    expect(tree('a', 'outer', 'x', 'inner', 'y')).toBe('a outer(x inner(y))');
  });

  it('has instances of a fan-out in their group', () => {
    expect(tree('outer', 'x[0]', 'x[1]')).toBe('outer(x[0] x[1])');
  });

  it('has instances inside instances of their group', () => {
    expect(tree('outer', 'inner[0]', 'y[0]', 'y[0][1]', 'inner[1]', 'y[1][0]')).toBe(
      'outer(inner[0](y[0] y[0][1]) inner[1](y[1][0]))',
    );
  });

  it('has at its top what has no group, and what merely looks like an instance', () => {
    expect(tree('b[3]', 'x')).toBe('b[3] x');
    expect(treeOf([sampleNode('__proto__')], readOutline(graph))).toHaveLength(1);
  });

  it('tells an instance by the indexes at the end of its id', () => {
    expect(['a', 'a[0]', 'a[0][12]', 'a[b]', '[0]', 'a[0]b'].map(baseOf)).toEqual([
      'a',
      'a',
      'a',
      'a[b]',
      '',
      'a[0]b',
    ]);
  });
});
