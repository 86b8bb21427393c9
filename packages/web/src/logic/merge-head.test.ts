import type { List, RunView } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { mergeHead } from './merge-head.ts';

const run = (id: number, more: Partial<RunView> = {}): RunView => ({
  ...{ profile: null, project_name: null },
  ...{ run_id: `r${id}`, kind: 'job', task_id: null, name: `run ${id}`, status: 'running' },
  ...{ success: null, priority: 5, triggered_by: 'ana' },
  created_at: new Date(id * 1_000).toISOString(),
  ...{ scheduled_at: null, started_at: null, completed_at: null, total_duration_seconds: null },
  progress_percentage: 0,
  counts: { pending: 1, running: 0, completed: 0, failed: 0, skipped: 0 },
  ...{ error: null, tags: [], metadata: {}, version: 1 },
  ...more,
});
const page = (...items: RunView[]): List<RunView> => ({
  ...{ items, total: items.length, limit: 50, offset: 0, has_more: false, next_cursor: null },
});
const ids = (pages: readonly List<RunView>[]) =>
  pages.flatMap(({ items }) => items.map(({ run_id }) => run_id));

describe('a list that is kept true', () => {
  const shown = [page(run(3), run(2)), page(run(1))];

  it('changes the rows that are shown, wherever they are', () => {
    const merged = mergeHead(shown, [run(1, { status: 'completed', version: 2 })], false);
    expect(merged.changed).toBe(true);
    expect(merged.pages[1]?.items[0]?.status).toBe('completed');
  });

  it('says that nothing has changed when nothing has', () => {
    expect(mergeHead(shown, [run(3), run(2)], true)).toMatchObject({ changed: false, waiting: 0 });
  });

  it('only counts new rows while somebody reads further down', () => {
    const merged = mergeHead(shown, [run(5), run(4), run(3)], false);
    expect(merged.waiting).toBe(2);
    expect(ids(merged.pages)).toEqual(['r3', 'r2', 'r1']);
  });

  it('puts new rows on top for who looks at the top', () => {
    const merged = mergeHead(shown, [run(5), run(4), run(3)], true);
    expect(ids(merged.pages)).toEqual(['r5', 'r4', 'r3', 'r2', 'r1']);
    expect(merged.pages[0]?.total).toBe(4);
  });

  it('does not put old rows on top that fit a filter again', () => {
    expect(ids(mergeHead(shown, [run(0)], true).pages)).toEqual(['r3', 'r2', 'r1']);
  });
});
