import type { Approval, Intervention } from '@tenuto/contract';
import { expect, it } from 'vitest';
import { isFor, needsOf, readNeedsSearch } from './needs.ts';

const item = (id: string, over: object = {}) =>
  ({
    ...{ intervention_id: id, error: null, deadline_at: null, opened_at: `2026-01-0${id}` },
    ...over,
  }) as Intervention;

it('what decides by itself first stands first, and money stands apart', () => {
  const interventions = [
    item('2'),
    item('1'),
    item('3', { deadline_at: '2026-02-01' }),
    item('4', { error: { type: 'budget_exhausted' } }),
  ];
  const { decisions, money } = needsOf({ approvals: [] as Approval[], interventions });
  expect(decisions.map((one) => one.intervention_id)).toEqual(['3', '1', '2']);
  expect(money.map((one) => one.intervention_id)).toEqual(['4']);
});

it('what is assigned to nobody is for everybody', () => {
  expect(isFor({ assignee: null }, 'ann')).toBe(true);
  expect(isFor({ assignee: 'ann' }, 'ann')).toBe(true);
  expect(isFor({ assignee: 'ben' }, 'ann')).toBe(false);
  expect(readNeedsSearch({ show: 'all' })).toEqual({ show: 'all' });
  expect(readNeedsSearch({ show: 'mine' })).toEqual({});
});
