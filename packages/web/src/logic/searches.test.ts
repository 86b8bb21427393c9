import { expect, it } from 'vitest';
import { pageEntries, runId } from '../app/palette-entries.ts';
import { readEventSearch } from './event-search.ts';
import { readRunSearch } from './run-search.ts';
import { readTaskFilters, taskQueryOf } from './task-filters.ts';
import { readSubmitSearch, readTemplateSearch } from './template-search.ts';
import { isNarrowed, readTestSearch, testQueryOf } from './test-search.ts';

it('reads of an address only what its page knows', () => {
  expect(readRunSearch({ tab: 'log', node: '__proto__', x: '1' })).toEqual({
    ...{ tab: 'log', node: '__proto__' },
  });
  expect(readRunSearch({ tab: 'nonsense', node: '' })).toEqual({});
  expect(readEventSearch({ topic: 'orders.*', event: 3 })).toEqual({ topic: 'orders.*' });
  expect(readTaskFilters({ status: 'paused', kind: 'cron', title: 'a', x: '' })).toEqual({
    ...{ status: 'paused', kind: 'cron', title: 'a' },
  });
});

it('reads of the addresses of tests, templates and submissions what their pages know', () => {
  expect(readTestSearch({ view: 'flakes', flaky: 'yes', status: 'broken', sort: 'x' })).toEqual({
    ...{ view: 'flakes', flaky: 'yes' },
  });
  expect(readTestSearch({ view: 'tests', sort: 'flake_score', suite: '', owner: 7 })).toEqual({});
  expect(readTemplateSearch({ version: '2', against: '0' })).toEqual({ version: '2' });
  expect(readSubmitSearch({ template: 'a b', version: '1e3', example: 'hello' })).toEqual({
    ...{ template: 'a b', example: 'hello' },
  });
});

it('asks for tests by everything that narrows them', () => {
  const search = readTestSearch({
    ...{ suite: 's', name: 'a', owner: 'o', status: 'failed', flaky: 'yes', quarantined: 'yes' },
    ...{ sort: 'duration', view: 'flakes' },
  });
  expect(testQueryOf(search)).toEqual({
    ...{ suite: 's', name: 'a*', owner: 'o', status: ['failed'], flaky: true, quarantined: true },
    sort: 'duration',
  });
  expect(isNarrowed({ view: 'flakes', sort: 'duration' })).toBe(false);
});

it('asks for tasks by how their titles begin', () => {
  expect(taskQueryOf({ title: 'a', kind: 'cron' })).toEqual({ title: 'a*', schedule_kind: 'cron' });
});

it('finds pages by the beginning of any of their words, and runs by whole ids', () => {
  expect(pageEntries('fai').map(({ to }) => to)).toEqual(['/runs']);
  expect(pageEntries('needs m')).toHaveLength(1);
  expect(runId('0199A1B2-7c3d-7e4f-8a5b-6c7d8e9f0a1b')).toBe(
    '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  );
  expect(runId('nightly')).toBeUndefined();
});
