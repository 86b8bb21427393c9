import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { now } from '../../data/clock.ts';
import { useMay } from '../../data/scopes.ts';
import { bulkFilterOf, bulkFilterOfIds, type RunFilters } from '../../logic/run-filters.ts';
import { Page } from '../../ui/page.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { BulkDialog, type BulkTarget } from './bulk-dialog.tsx';
import { ColumnChoice } from './column-choice.tsx';
import { FilterBar } from './filter-bar.tsx';
import { RunList } from './run-list.tsx';
import { SavedViews } from './saved-views.tsx';
import { useDefaultView, useListSettings } from './use-list-settings.ts';
import { usePicking } from './use-picking.ts';
import './runs.css';

const words = RUN_WORDS.list;

/** All runs: filters in the address, rows that stay true, as deep as one scrolls. */
export function RunsPage() {
  const filters = useSearch({ from: '/runs' });
  const navigate = useNavigate();
  const { columns, setColumns, views, setViews } = useListSettings();
  const [target, setTarget] = useState<BulkTarget>();
  const picking = usePicking();
  const may = useMay();
  const acts = may('runs:write');
  useDefaultView(views, filters);
  const setFilters = (next: RunFilters) => {
    picking.clear();
    void navigate({ to: '/runs', search: next, replace: true });
  };
  const actOnPicked = () =>
    setTarget({ filter: bulkFilterOfIds([...picking.picked]), isPicked: true });
  return (
    <Page
      title={words.title}
      aside={
        <>
          <SavedViews
            {...{ views, keep: setViews, shown: { filters, columns } }}
            open={(view) => {
              setColumns(view.columns);
              setFilters(view.filters);
            }}
          />
          <span className="grow" />
          <ColumnChoice columns={columns} change={setColumns} />
          {acts && (
            <Button
              variant="default"
              onClick={() => setTarget({ filter: bulkFilterOf(filters, now()), isPicked: false })}
            >
              {words.bulk}
            </Button>
          )}
          {may('jobs:write') && (
            <Button component={Link} to="/submit">
              {words.submit}
            </Button>
          )}
        </>
      }
    >
      <FilterBar filters={filters} change={setFilters} />
      <RunList
        key={JSON.stringify(filters)}
        {...{ filters, columns, picking }}
        clear={() => setFilters({})}
        act={acts ? actOnPicked : undefined}
      />
      <BulkDialog
        target={target}
        close={(isDone) => {
          setTarget(undefined);
          if (isDone) picking.clear();
        }}
      />
    </Page>
  );
}
