import { describe, expect, it } from 'vitest';
import { answer, codeOf, graphFrom } from './graph.fixture.ts';
import { graphOf } from './graph.ts';
import {
  cardStates,
  cardsIn,
  dependenciesOf,
  dependencyEdges,
  endsOf,
  foldingOf,
  tallyOf,
  toggled,
} from './graph-looks.ts';
import { told } from './run-states.ts';

const shards = Array.from({ length: 20 }, (_, i) => ({ id: `shard-${i}`, needs: ['list'] }));
const run = graphFrom([{ id: 'list' }, ...shards, { id: 'aside' }]);
const graph = graphOf(run, { isOpen: () => false });
const failed = told(
  undefined,
  answer([
    'completed',
    ...shards.map((_, i) => (i < 2 ? ('failed' as const) : ('completed' as const))),
    'pending',
  ]),
  0,
);

describe('how cards look', () => {
  it('is counted for those of many', () => {
    const { codes, counts } = cardStates(graph, failed);
    expect([...codes]).toEqual([codeOf('completed'), codeOf('failed'), codeOf('pending')]);
    const [, stack] = graph.cards;
    expect(stack && tallyOf(stack, counts.get(1))).toEqual({ total: 20, done: 18, failed: 2 });
  });

  it('depends on which states are asked for', () => {
    expect(cardsIn(graph, failed, new Set())).toBeUndefined();
    expect([...(cardsIn(graph, failed, new Set(['pending'])) ?? [])]).toEqual([0, 0, 1]);
  });

  it('shows what a node depends on, and what depends on it', () => {
    const edges = dependencyEdges(graph, dependenciesOf(run, 3));
    expect([...edges]).toEqual([1]);
    expect([...endsOf(graph, edges)]).toEqual([1, 1, 0]);
    expect([...dependencyEdges(graph, dependenciesOf(run, 21))]).toEqual([0]);
  });
});

describe('what is folded', () => {
  it('stands in the address, also for names with commas', () => {
    const open = toggled(['group:a'], 'group:b,c');
    expect(foldingOf(open, 9_000).isOpen('group:b,c', 'group')).toBe(true);
    expect(foldingOf(open, 9_000).isOpen('group:a', 'group')).toBe(true);
    expect(foldingOf(open, 9_000).isOpen('group:b', 'group')).toBe(false);
    expect(toggled(['group:a'], 'group:a')).toBe('none');
  });

  it('is nothing of a small graph, all of a large one, unless it is said', () => {
    expect(foldingOf(undefined, 20).isOpen('group:a', 'group')).toBe(true);
    expect(foldingOf(undefined, 20).isOpen('stack:a', 'stack')).toBe(false);
    expect(foldingOf(undefined, 9_000).isOpen('group:a', 'group')).toBe(false);
    expect(foldingOf('all', 9_000).isOpen('stack:a', 'stack')).toBe(true);
    expect(foldingOf('none', 20).isOpen('group:a', 'group')).toBe(false);
  });
});
