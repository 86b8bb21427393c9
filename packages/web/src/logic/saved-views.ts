import { isObject } from './json-place.ts';
import { FIRST_COLUMNS, type RunColumn, readColumns } from './run-columns.ts';
import { type RunFilters, readRunFilters } from './run-filters.ts';

/** Filters and columns under a name. */
export interface SavedView {
  readonly name: string;
  readonly filters: RunFilters;
  readonly columns: readonly RunColumn[];
  /** The list opens with it. At most one is so. */
  readonly isDefault: boolean;
}

/** Reads what a browser has kept, whoever wrote it; what cannot be understood is left out. */
export function readViews(kept: unknown): readonly SavedView[] {
  const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(kept)
    ? kept.map((one: unknown) => [isObject(one) ? one.name : undefined, one])
    : // As they were kept first: filters by name.
      Object.entries(isObject(kept) ? kept : {}).map(([name, filters]) => [name, { filters }]);
  const views = entries.flatMap(([name, one]) => {
    if (typeof name !== 'string' || name === '' || !isObject(one)) return [];
    const columns = Array.isArray(one.columns) ? readColumns(one.columns) : FIRST_COLUMNS;
    const filters = readRunFilters(isObject(one.filters) ? one.filters : {});
    return [{ name, filters, columns, isDefault: one.isDefault === true }];
  });
  const first = views.findIndex(({ isDefault }) => isDefault);
  return views.map((view, index) => ({ ...view, isDefault: index === first }));
}

/** A view of the same name is replaced. */
export function withView(views: readonly SavedView[], view: SavedView): readonly SavedView[] {
  return [...views.filter(({ name }) => name !== view.name), view];
}

export function withoutView(views: readonly SavedView[], gone: string): readonly SavedView[] {
  return views.filter(({ name }) => name !== gone);
}

/** Unchanged when the new name is empty or another view's. */
export function renamedView(
  views: readonly SavedView[],
  { from, to }: { readonly from: string; readonly to: string },
): readonly SavedView[] {
  const name = to.trim();
  if (name === '' || views.some((view) => view.name === name)) return views;
  return views.map((view) => (view.name === from ? { ...view, name } : view));
}

/** The one that the list opens with, or none when it was that one. */
export function withDefault(views: readonly SavedView[], name: string): readonly SavedView[] {
  return views.map((view) => ({ ...view, isDefault: view.name === name && !view.isDefault }));
}
