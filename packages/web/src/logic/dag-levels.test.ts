import { expect, it } from 'vitest';
import { levelsOf } from './dag-levels.ts';
import { graphOfDag } from './dag-nodes.ts';
import { graphOf } from './graph.ts';

const node = (id: string, ...parents: string[]) => ({
  ...{ node_id: id, does: 'transform.cel', parent_nodes: parents },
});

it('puts what goes on at once into one level, in the order of the way', () => {
  const dag = graphOfDag([node('last', 'left', 'right'), node('left', 'first'), node('first')]);
  const { cards } = graphOf(dag, { isOpen: () => true });
  expect(levelsOf(cards).map((level) => level.map(({ label }) => label))).toEqual([
    ['first'],
    ['left'],
    ['last'],
  ]);
});
