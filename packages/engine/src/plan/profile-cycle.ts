/**
 * A cycle among things that need each other, in order; empty when there is none. What is needed and
 * not there is passed over.
 */
export function cycleOf(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const state = new Map<string, 'open' | 'done'>();
  for (const start of graph.keys()) {
    const path: { readonly id: string; readonly left: string[] }[] = [];
    const enter = (id: string) => {
      state.set(id, 'open');
      path.push({ id, left: [...(graph.get(id) ?? [])] });
    };
    if (!state.has(start)) enter(start);
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const next = at.left.pop();
      if (next === undefined) {
        state.set(at.id, 'done');
        path.pop();
      } else if (state.get(next) === 'open') {
        return path.slice(path.findIndex(({ id }) => id === next)).map(({ id }) => id);
      } else if (!state.has(next) && graph.has(next)) {
        enter(next);
      }
    }
  }
  return [];
}
