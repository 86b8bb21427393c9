import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { now } from '../../data/clock.ts';
import { useLiveHead, useRuns } from '../../data/runs.ts';
import { useMay } from '../../data/scopes.ts';
import { count } from '../../logic/format.ts';
import { queryOf, type RunFilters } from '../../logic/run-filters.ts';
import { useListKeys } from '../../ui/list-keys.ts';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import { FilterBar } from './filter-bar.tsx';
import { RunTable } from './run-table.tsx';
import { SavedViews } from './saved-views.tsx';
import './runs.css';

const words = RUN_WORDS.list;

/** All runs: filters in the address, rows that stay true, as deep as one scrolls. */
export function RunsPage() {
  const filters = useSearch({ from: '/runs' });
  const navigate = useNavigate();
  const [bulkOpen, setBulkOpen] = useState(false);
  const may = useMay();
  const setFilters = (next: RunFilters) =>
    void navigate({ to: '/runs', search: next, replace: true });
  return (
    <Page
      title={words.title}
      aside={
        <>
          <SavedViews filters={filters} open={setFilters} />
          <span className="grow" />
          {may('runs:write') && (
            <Button variant="default" onClick={() => setBulkOpen(true)}>
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
      <List key={JSON.stringify(filters)} filters={filters} clear={() => setFilters({})} />
      <BulkDialog filters={filters} opened={bulkOpen} close={() => setBulkOpen(false)} />
    </Page>
  );
}

interface ListProps {
  readonly filters: RunFilters;
  readonly clear: () => void;
}

function List({ filters, clear }: ListProps) {
  const query = useMemo(() => queryOf(filters, now()), [filters]);
  const box = useRef<HTMLDivElement>(null);
  const [atTop, setAtTop] = useState(true);
  const { data, error, isPending, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } =
    useRuns(query);
  const fresh = useLiveHead(query, atTop);
  useListKeys('.run-row');
  if (isPending) return <Waiting rows={12} />;
  if (data === undefined) return <Failure error={error} again={() => void refetch()} />;
  const runs = data.pages.flatMap((page) => page.items);
  const first = data.pages[0];
  if (runs.length === 0) return <NoRuns filtered={Object.keys(filters).length > 0} clear={clear} />;
  return (
    <>
      <p className="dim found" aria-live="polite">
        {words.found(count(first?.total ?? 0), first?.total_is_estimate === true)}
      </p>
      <div className="card run-list">
        {fresh > 0 && !atTop && (
          <button type="button" className="fresh" onClick={() => box.current?.scrollTo({ top: 0 })}>
            {words.fresh(fresh)}
          </button>
        )}
        <RunTable
          runs={runs}
          box={box}
          onTop={setAtTop}
          more={() => {
            if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
          }}
        />
      </div>
    </>
  );
}

function NoRuns({ filtered, clear }: { readonly filtered: boolean; readonly clear: () => void }) {
  if (!filtered) {
    return (
      <Empty title={words.empty} text={words.emptyText} example={words.emptyExample}>
        <Link to="/submit">{words.submitHere}</Link>
      </Empty>
    );
  }
  return (
    <Empty title={words.noMatch} text={words.noMatchText}>
      <Button variant="default" onClick={clear}>
        {words.clear}
      </Button>
    </Empty>
  );
}
