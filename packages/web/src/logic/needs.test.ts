import type { NeededIntervention, Needs } from '@tenuto/contract';
import { expect, it } from 'vitest';
import { needsOf, readNeedsSearch } from './needs.ts';

const item = (id: string, over: object = {}) =>
  ({ intervention_id: id, error: null, mine: true, ...over }) as NeededIntervention;
const needs = (items: readonly NeededIntervention[], over: Partial<Needs> = {}): Needs => ({
  ...{ mine: items.length, total: items.length, approvals: null, phases: null },
  interventions: { items: [...items], total: items.length, mine: items.length },
  ...over,
});

it('money stands apart, and what is others’ only where it is asked for', () => {
  const items = [
    item('1', { error: { type: 'budget_exhausted' } }),
    item('2', { mine: false }),
    item('3'),
  ];
  const ids = (isAll: boolean) => {
    const { decisions, money } = needsOf(needs(items, { mine: 2 }), isAll);
    return [decisions, money].map((part) => part.map((one) => one.intervention_id));
  };
  expect(ids(false)).toEqual([['3'], ['1']]);
  expect(ids(true)).toEqual([['2', '3'], ['1']]);
});

it('what an answer has no room for is counted', () => {
  const many = needs([item('1')], { mine: 250, total: 300 });
  expect([needsOf(many, false).more, needsOf(many, true).more]).toEqual([249, 299]);
  expect(readNeedsSearch({ show: 'all' })).toEqual({ show: 'all' });
  expect(readNeedsSearch({ show: 'mine' })).toEqual({});
});
