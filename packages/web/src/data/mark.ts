/** Counts something under a name that tools of browsers show; the newest mark has the count. */
export function countMark(name: string): void {
  const [last] = performance.getEntriesByName(name, 'mark');
  const count =
    last instanceof PerformanceMark && typeof last.detail === 'number' ? last.detail : 0;
  // One is kept of each name: a page may be open for days.
  performance.clearMarks(name);
  performance.mark(name, { detail: count + 1 });
}
