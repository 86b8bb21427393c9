import { expect, it } from 'vitest';
import { readObject, runsAgain } from './fork-preview.ts';

const node = (node_id: string, ...parents: string[]) => ({
  ...{ node_id, status: 'completed' as const, parent_nodes: parents },
});
const NODES = [node('a'), node('b', 'a'), node('c', 'b'), node('d', 'a')];
const plan = { nodes: [{ id: 'd', with: { text: '${params.tone}' } }] };

it('follows the edges from where a fork begins, and who reads what is changed', () => {
  const none = { nodes: [], params: [] };
  expect([...runsAgain(NODES, plan, { ...none, from: 'b' })]).toEqual(['b', 'c']);
  const tone = { ...none, from: 'c', params: ['tone'] };
  expect([...runsAgain(NODES, plan, tone)].sort()).toEqual(['c', 'd']);
  expect(runsAgain(NODES, plan, { ...none, from: undefined }).size).toBe(4);
});

it('takes what has not completed along', () => {
  const nodes = [...NODES, { ...node('e'), status: 'failed' as const }];
  const again = runsAgain(nodes, plan, { from: 'c', nodes: [], params: [] });
  expect([...again].sort()).toEqual(['c', 'e']);
});

it('reads objects only', () => {
  expect(readObject('')).toEqual({});
  expect(readObject('{"a":1}')).toEqual({ value: { a: 1 } });
  expect(readObject('[1]').problem).toBeDefined();
  expect(readObject('{').problem).toBeDefined();
});
