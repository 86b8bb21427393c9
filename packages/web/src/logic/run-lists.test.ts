import { describe, expect, it } from 'vitest';
import { columnTracks, FIRST_COLUMNS, readColumns, toggleColumn } from './run-columns.ts';
import { bulkFilterOf, bulkFilterOfIds, isRunId, queryOf, readRunFilters } from './run-filters.ts';
import { readViews, renamedView, withDefault, withoutView, withView } from './saved-views.ts';
import { ofField, rangeOf, rangeText, readRange, toField } from './time-range.ts';

const NOW = Date.parse('2026-01-15T10:00:30Z');

describe('a time range', () => {
  it('is a preset, or has free ends, and what is no time is left out', () => {
    expect(readRange({ since: '24h', from: '2026-01-01T00:00:00Z' })).toEqual({ since: '24h' });
    expect(readRange({ since: 'soon', from: '2026-01-01T00:00:00Z', to: 'x' })).toEqual({
      from: '2026-01-01T00:00:00.000Z',
    });
    expect(rangeOf({ since: '1h' }, NOW)).toEqual({ created_after: '2026-01-15T09:00:00.000Z' });
    expect(rangeOf({ from: 'a', to: 'b' }, NOW)).toEqual({
      ...{ created_after: 'a', created_before: 'b' },
    });
  });

  it('goes through a field of the reader and back', () => {
    const time = '2026-01-15T09:30:00.000Z';
    expect(ofField(toField(time))).toBe(time);
    expect(toField(undefined)).toBe('');
    expect(ofField('')).toBeUndefined();
    expect(rangeText({ from: time })).toMatch(/^01-15 \d\d:30 – …$/);
  });
});

describe('filters', () => {
  it('of metadata, profiles, tasks and waits are asked for as the API has them', () => {
    const filters = readRunFilters({
      meta: 'team=shop',
      waiting: 'phase',
      profile: 'p',
      task: 't',
    });
    expect(queryOf(filters, NOW)).toEqual({
      ...{ metadata: { team: 'shop' }, waiting_for: 'phase', profile: 'p', task_id: 't' },
    });
    expect(readRunFilters({ meta: 'nothing', waiting: 'godot' })).toEqual({});
  });

  it('name the same runs for an action on all of them, of all kinds', () => {
    expect(bulkFilterOf({ status: 'failed' }, NOW)).toEqual({ status: ['failed'], kind: 'any' });
    expect(bulkFilterOf({ kind: 'task' }, NOW)).toEqual({ kind: 'task' });
    expect(bulkFilterOf({ profile: 'p' }, NOW)).toEqual({ profile: 'p', kind: 'phased' });
    expect(bulkFilterOf({}, NOW)).toBeUndefined();
    expect(bulkFilterOfIds(['a'])).toEqual({ run_ids: ['a'], kind: 'any' });
  });

  it('tell an id from a name', () => {
    expect(isRunId(' 0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b')).toBe(true);
    expect(isRunId('0199a1b2')).toBe(false);
  });
});

describe('columns', () => {
  it('keep their order, whatever was kept', () => {
    expect(readColumns(['id', 'nothing', 'kind'])).toEqual(['kind', 'id']);
    expect(toggleColumn(['kind', 'id'], 'took')).toEqual(['kind', 'took', 'id']);
    expect(toggleColumn(['kind', 'id'], 'id')).toEqual(['kind']);
    expect(columnTracks(['took'])).toMatch(/1fr\) 76px$/);
  });
});

describe('saved views', () => {
  const view = (name: string, isDefault = false) =>
    ({ name, filters: {}, columns: FIRST_COLUMNS, isDefault }) as const;

  it('are read as they were first kept, as they are kept now, and never fail', () => {
    expect(readViews({ bad: { status: 'failed' } })).toEqual([
      { ...view('bad'), filters: { status: 'failed' } },
    ]);
    expect(readViews([view('a', true), view('b', true), 7, { name: '' }])).toEqual([
      view('a', true),
      view('b'),
    ]);
    expect(readViews('nonsense')).toEqual([]);
  });

  it('are replaced, renamed, removed, and one of them opens first', () => {
    const two = withView(withView([], view('a')), view('b'));
    expect(withView(two, view('a', true))).toEqual([view('b'), view('a', true)]);
    expect(renamedView(two, { from: 'a', to: ' c ' }).map(({ name }) => name)).toEqual(['c', 'b']);
    expect(renamedView(two, { from: 'a', to: 'b' })).toBe(two);
    expect(withoutView(two, 'a')).toEqual([view('b')]);
    const first = withDefault(two, 'b');
    expect(first.map(({ isDefault }) => isDefault)).toEqual([false, true]);
    expect(withDefault(first, 'b').some(({ isDefault }) => isDefault)).toBe(false);
  });
});
