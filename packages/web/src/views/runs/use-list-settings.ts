import { useLocalStorage } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { FIRST_COLUMNS, type RunColumn, readColumns } from '../../logic/run-columns.ts';
import type { RunFilters } from '../../logic/run-filters.ts';
import { readViews, type SavedView } from '../../logic/saved-views.ts';
import { isNarrowing } from '../../logic/strict-search.ts';

/** Columns and views of the list of runs, which this browser keeps. */
export function useListSettings() {
  const [keptColumns, setColumns] = useLocalStorage<readonly string[]>({
    ...{ key: 'tenuto.runs.columns', defaultValue: FIRST_COLUMNS, getInitialValueInEffect: false },
  });
  const [keptViews, setViews] = useLocalStorage<unknown>({
    ...{ key: 'tenuto.runs.views', defaultValue: [], getInitialValueInEffect: false },
  });
  const columns = useMemo(
    () => readColumns(Array.isArray(keptColumns) ? keptColumns : FIRST_COLUMNS),
    [keptColumns],
  );
  const views = useMemo(() => readViews(keptViews), [keptViews]);
  return {
    ...{ columns, views, setViews: (next: readonly SavedView[]) => setViews(next) },
    setColumns: (next: readonly RunColumn[]) => setColumns(next),
  };
}

let opened = false;

/** The default view opens once a load of the page, where the address asks for nothing itself. */
export function useDefaultView(views: readonly SavedView[], filters: RunFilters): void {
  const navigate = useNavigate();
  useEffect(() => {
    const wanted = views.find(({ isDefault }) => isDefault);
    const isFree = !opened && !isNarrowing(filters);
    opened = true;
    if (isFree && wanted !== undefined) {
      void navigate({ to: '/runs', search: wanted.filters, replace: true });
    }
  }, [views, filters, navigate]);
}
