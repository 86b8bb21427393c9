import type { List, RunView } from '@tenuto/contract';

/**
 * Brings rows that are shown up to date with the newest page.
 * @param take whether new rows are put on top; else they wait and are counted
 */
export function mergeHead(
  pages: readonly List<RunView>[],
  head: readonly RunView[],
  take: boolean,
): { readonly pages: List<RunView>[]; readonly changed: boolean; readonly waiting: number } {
  const fresh = new Map(head.map((run) => [run.run_id, run]));
  let changed = false;
  const updated = pages.map((page) => {
    const items = page.items.map((run) => {
      const newer = fresh.get(run.run_id);
      fresh.delete(run.run_id);
      if (newer === undefined || isSame(run, newer)) return run;
      changed = true;
      return newer;
    });
    return { ...page, items };
  });
  const newest = pages[0]?.items[0]?.created_at ?? '';
  const added = head.filter(({ run_id, created_at }) => fresh.has(run_id) && created_at >= newest);
  const [first, ...others] = updated;
  if (!take || added.length === 0 || first === undefined) {
    return { pages: updated, changed, waiting: added.length };
  }
  const onTop = { ...first, items: [...added, ...first.items], total: first.total + added.length };
  return { pages: [onTop, ...others], changed: true, waiting: 0 };
}

function isSame(a: RunView, b: RunView): boolean {
  return (
    a.version === b.version &&
    a.status === b.status &&
    a.progress_percentage === b.progress_percentage &&
    a.total_duration_seconds === b.total_duration_seconds &&
    a.counts.running === b.counts.running
  );
}
