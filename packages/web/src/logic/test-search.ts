import { TEST_STATUSES } from '@tenuto/contract';
import type { TestQuery } from '@tenuto/sdk';
import { textsOf } from './search-texts.ts';

export const TEST_VIEWS = ['tests', 'flakes', 'catalogue'] as const;
export type TestsView = (typeof TEST_VIEWS)[number];
export const TEST_SORTS = ['flake_score', 'duration', 'last_failure'] as const;

/** What the address of the tests says: which of the tables, and what narrows it. */
export interface TestSearch {
  readonly view?: TestsView;
  readonly suite?: string;
  readonly name?: string;
  readonly owner?: string;
  readonly status?: string;
  readonly flaky?: 'yes';
  readonly quarantined?: 'yes';
  readonly sort?: (typeof TEST_SORTS)[number];
}

export function readTestSearch(search: Readonly<Record<string, unknown>>): TestSearch {
  const view = TEST_VIEWS.find((one) => one === search.view && one !== 'tests');
  const status = TEST_STATUSES.find((one) => one === search.status);
  const sort = TEST_SORTS.find((one) => one === search.sort && one !== 'flake_score');
  return {
    ...(view !== undefined && { view }),
    ...textsOf(search, 'suite', 'name', 'owner'),
    ...(status !== undefined && { status }),
    ...(search.flaky === 'yes' && { flaky: 'yes' as const }),
    ...(search.quarantined === 'yes' && { quarantined: 'yes' as const }),
    ...(sort !== undefined && { sort }),
  };
}

/** The question that a list of tests asks. */
export function testQueryOf(search: TestSearch): TestQuery {
  const { suite, name, owner, status, flaky, quarantined, sort } = search;
  return {
    ...(suite !== undefined && { suite }),
    ...(name !== undefined && { name: name.endsWith('*') ? name : `${name}*` }),
    ...(owner !== undefined && { owner }),
    ...(status !== undefined && { status: [status] }),
    ...(flaky === 'yes' && { flaky: true }),
    ...(quarantined === 'yes' && { quarantined: true }),
    ...(sort !== undefined && { sort }),
  };
}

/** Whether anything narrows the list. */
export function isNarrowed({ view: _view, sort: _sort, ...rest }: TestSearch): boolean {
  return Object.keys(rest).length > 0;
}
