import { RUN_STATUSES } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearch, stringifySearch } from '../app/search.ts';
import { bulkFilterOf, queryOf, readRunFilters, statusesOf, toggleStatus } from './run-filters.ts';

const NOW = Date.parse('2026-01-15T12:00:30.000Z');

describe('filters in the address', () => {
  it('are what people can write', () => {
    const filters = readRunFilters({ status: 'timeout,failed', name: 'nightly', since: '24h' });
    expect(stringifySearch({ ...filters })).toBe('?status=failed,timeout&name=nightly&since=24h');
  });

  it('leave out what is no filter', () => {
    const odd = { status: 'failed,nonsense', kind: 'x', since: 'toString', page: '3', tag: '' };
    expect(readRunFilters(odd)).toEqual({ status: 'failed' });
    expect(readRunFilters({ status: ['failed'], name: 7 })).toEqual({});
  });

  it('come back from an address as they went into it', () => {
    const statuses = fc.subarray([...RUN_STATUSES]).map((some) => some.join(','));
    const texts = { status: statuses, name: fc.string(), tag: fc.string(), task: fc.uuid() };
    fc.assert(
      fc.property(fc.record(texts, { requiredKeys: [] }), (given) => {
        const filters = readRunFilters(given);
        const again = readRunFilters(parseSearch(stringifySearch({ ...filters })));
        expect(again).toEqual(filters);
      }),
    );
  });

  it('gain a status by a click and lose it by another', () => {
    const once = toggleStatus({ name: 'a' }, 'failed');
    expect(once).toEqual({ name: 'a', status: 'failed' });
    expect(toggleStatus(once, 'failed')).toEqual({ name: 'a' });
    expect(statusesOf(undefined)).toEqual([]);
  });
});

describe('the question to the API', () => {
  it('takes a name as a beginning unless it is quoted', () => {
    expect(queryOf({ name: 'nightly' }, NOW).name).toBe('nightly*');
    expect(queryOf({ name: 'nightly*' }, NOW).name).toBe('nightly*');
    expect(queryOf({ name: '"nightly"' }, NOW).name).toBe('nightly');
  });

  it('stays the same within a minute', () => {
    const asked = { since: '1h', status: 'failed', task: 't', kind: 'task' };
    expect(queryOf(asked, NOW)).toEqual({
      ...{ status: ['failed'], task_id: 't', kind: 'task' },
      created_after: '2026-01-15T11:00:00.000Z',
    });
    expect(queryOf(asked, NOW + 20_000)).toEqual(queryOf(asked, NOW));
    expect(queryOf({}, NOW)).toEqual({});
  });

  it('is asked of all runs at once where something narrows them', () => {
    expect(bulkFilterOf({ status: 'failed', tag: 'a' }, NOW)).toEqual({
      ...{ status: ['failed'], tag: 'a', kind: 'any' },
    });
    expect(bulkFilterOf({}, NOW)).toBeUndefined();
  });
});
