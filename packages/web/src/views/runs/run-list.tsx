import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { List, RunView } from '@tenuto/contract';
import { useMemo, useRef, useState } from 'react';
import { now } from '../../data/clock.ts';
import { useLiveHead, useRuns } from '../../data/runs.ts';
import { count } from '../../logic/format.ts';
import type { RunColumn } from '../../logic/run-columns.ts';
import { queryOf, type RunFilters } from '../../logic/run-filters.ts';
import { isNarrowing } from '../../logic/strict-search.ts';
import { useListKeys } from '../../ui/list-keys.ts';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { RunTable } from './run-table.tsx';
import type { Picking } from './use-picking.ts';

const words = RUN_WORDS.list;

interface Props {
  readonly filters: RunFilters;
  readonly columns: readonly RunColumn[];
  readonly picking: Picking;
  readonly clear: () => void;
  /** Does something to those that are picked; undefined for who may not. */
  readonly act: (() => void) | undefined;
}

/** The runs that fit the filters, in each state that a list can be in. */
export function RunList(props: Props) {
  const { filters, clear } = props;
  const query = useMemo(() => queryOf(filters, now()), [filters]);
  const pages = useRuns(query);
  const { data, error, isPending, refetch } = pages;
  if (isPending) return <Waiting rows={12} />;
  if (data === undefined) return <Failure error={error} again={() => void refetch()} />;
  return <Rows {...props} clear={clear} query={query} pages={pages} found={data.pages} />;
}

interface RowsProps extends Props {
  readonly query: ReturnType<typeof queryOf>;
  readonly pages: ReturnType<typeof useRuns>;
  readonly found: readonly List<RunView>[];
}

function Rows({ query, pages, found, filters, columns, picking, clear, act }: RowsProps) {
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = pages;
  const box = useRef<HTMLDivElement>(null);
  const [atTop, setAtTop] = useState(true);
  const fresh = useLiveHead(query, atTop);
  useListKeys('.run-row');
  const runs = useMemo(() => found.flatMap((page) => page.items), [found]);
  const [first] = found;
  if (runs.length === 0) return <NoRuns filtered={isNarrowing(filters)} clear={clear} />;
  return (
    <>
      <div className="found">
        <span className="dim" aria-live="polite">
          {words.found(count(first?.total ?? 0), first?.total_is_estimate === true)}
        </span>
        {picking.picked.size > 0 && <Picked picking={picking} act={act} />}
      </div>
      <div className="card run-list">
        {fresh > 0 && !atTop && (
          <button type="button" className="fresh" onClick={() => box.current?.scrollTo({ top: 0 })}>
            {words.fresh(fresh)}
          </button>
        )}
        <RunTable
          {...{ runs, columns, picking, box }}
          onTop={setAtTop}
          more={() => {
            if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
          }}
        />
      </div>
    </>
  );
}

function Picked({ picking, act }: Pick<Props, 'picking' | 'act'>) {
  return (
    <div className="picked" role="status">
      <strong>{words.picked(picking.picked.size)}</strong>
      {act !== undefined && (
        <Button size="compact-sm" onClick={act}>
          {words.actPicked}
        </Button>
      )}
      <Button size="compact-sm" variant="subtle" onClick={picking.clear}>
        {words.unpick}
      </Button>
    </div>
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
