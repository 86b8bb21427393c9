import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { Attempt, BulkAnswer, BulkRequest, List, RunDetail, RunView } from '@tenuto/contract';
import type { RunQuery } from '@tenuto/sdk';
import { useEffect } from 'react';
import { mergeHead } from '../logic/merge-head.ts';
import { isOver } from '../logic/status.ts';
import { client } from './client.ts';
import { LIVE_MS, partsDelay, refreshEvery, useRefreshOn } from './live.ts';
import { useRunFeed } from './run-feed.ts';

const PAGE = 50;
export const runsKey = ['runs'] as const;
const listKey = (query: RunQuery) => [...runsKey, 'list', query] as const;
const headKey = (query: RunQuery) => [...runsKey, 'head', query] as const;

/** Runs, page by page; `useLiveHead` keeps the first ones true. */
export function useRuns(query: RunQuery) {
  return useInfiniteQuery({
    queryKey: listKey(query),
    queryFn: ({ pageParam, signal }) =>
      client.runs.list({ limit: PAGE, include_errors: true, ...query }, { signal }).page(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: List<RunView>) =>
      page.has_more ? (page.next_cursor ?? undefined) : undefined,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
}

/**
 * The newest runs, again and again. Rows that are shown already are brought up to date at once; new
 * ones are put on top when `take` is true, else only counted.
 */
export function useLiveHead(query: RunQuery, take: boolean): number {
  const queries = useQueryClient();
  const known = queries.getQueryState<{ pages: List<RunView>[] }>(listKey(query));
  const first = known?.data?.pages[0];
  const { data: head } = useQuery({
    queryKey: headKey(query),
    queryFn: ({ signal }) =>
      client.runs.list({ limit: PAGE, include_errors: true, ...query }, { signal }).first(),
    // What the list has just read is not asked for a second time.
    ...(first !== undefined && {
      initialData: first,
      initialDataUpdatedAt: known?.dataUpdatedAt ?? 0,
      staleTime: LIVE_MS.list,
    }),
    refetchInterval: refreshEvery(LIVE_MS.list),
  });
  const pages = queries.getQueryData<{ pages: List<RunView>[] }>(listKey(query))?.pages;
  const merged = pages && head ? mergeHead(pages, head.items, take) : undefined;
  useEffect(() => {
    if (merged === undefined || !merged.changed) return;
    queries.setQueryData<{ pages: List<RunView>[]; pageParams: unknown[] }>(
      listKey(query),
      (old) => old && { ...old, pages: merged.pages },
    );
  }, [merged, query, queries]);
  return merged?.waiting ?? 0;
}

/** A few runs that fit a filter, kept true; for overviews. */
export function useSomeRuns(query: RunQuery, ms: number = LIVE_MS.list) {
  return useQuery({
    queryKey: [...runsKey, 'some', query],
    queryFn: ({ signal }) =>
      client.runs.list({ limit: 20, include_errors: true, ...query }, { signal }).first(),
    refetchInterval: refreshEvery(ms),
  });
}

const runKey = (runId: string) => ['run', runId] as const;
const partsKey = (runId: string) => [...runKey(runId), 'parts'] as const;

/** One run, kept true, together with what tells how it does in detail. */
export function useRun(runId: string) {
  const queries = useQueryClient();
  const known = queries.getQueryData<RunDetail>([...runKey(runId), 'view']);
  const goesOn = known !== undefined && !isOver(known.status);
  const follows = useRunFeed(runId, { isOn: goesOn, nodes: nodesOf(known) });
  const ms = follows ? LIVE_MS.followed : LIVE_MS.run;
  const run = useQuery({
    queryKey: [...runKey(runId), 'view'],
    queryFn: ({ signal }) => client.runs.get(runId, { signal }),
    refetchInterval: (query) => {
      const { data: last } = query.state;
      return refreshEvery(ms, last === undefined || !isOver(last.status))(query);
    },
  });
  const { data } = run;
  const mark = data && `${data.version}:${data.status}:${JSON.stringify(data.counts)}`;
  useRefreshOn(mark, { key: partsKey(runId), delayMs: partsDelay(nodesOf(data)) });
  return run;
}

function nodesOf(run: RunDetail | undefined): number {
  return Object.values(run?.counts ?? {}).reduce((sum, count) => sum + count, 0);
}

/** The graph of a run as it was submitted, which never changes; of a large one, as much as is told. */
export function useRunPlan(runId: string) {
  return useQuery({
    queryKey: [...runKey(runId), 'plan'],
    queryFn: ({ signal }) => client.jobs.get(runId, { include: ['plan'], signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useExplanation(runId: string) {
  return useQuery({
    queryKey: [...partsKey(runId), 'explain'],
    queryFn: ({ signal }) => client.runs.explain(runId, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** Attempts that have ended; of a run of many nodes only of one node. */
export function useAttempts(runId: string, nodeId?: string, enabled = true) {
  return useQuery<Attempt[]>({
    queryKey: [...partsKey(runId), 'attempts', nodeId ?? null],
    queryFn: ({ signal }) =>
      firstPages(client.jobs.attempts(runId, nodeId, { limit: 100 }, { signal })),
    enabled,
  });
}

export function useHistory(runId: string) {
  return useQuery({
    queryKey: [...partsKey(runId), 'history'],
    queryFn: ({ signal }) => firstPages(client.jobs.history(runId, { limit: 100 }, { signal })),
  });
}

export function useRecoveries(runId: string) {
  return useQuery({
    queryKey: [...partsKey(runId), 'recoveries'],
    queryFn: ({ signal }) =>
      client.recoveries.list({ job_id: runId, limit: 100 }, { signal }).first(),
  });
}

/** What a bulk action would do, or does; what is done is done to all, however many requests it takes. */
export async function bulk(request: BulkRequest): Promise<BulkAnswer> {
  const first = await client.runs.bulk(request);
  let all = first;
  while (request.dry_run !== true && all.next_cursor !== null) {
    const next = await client.runs.bulk({ ...request, cursor: all.next_cursor });
    const { changed, asked, unchanged, refused, failed } = next.outcomes;
    const so = all.outcomes;
    all = {
      ...next,
      matched: all.matched + next.matched,
      outcomes: {
        changed: so.changed + changed,
        asked: so.asked + asked,
        unchanged: so.unchanged + unchanged,
        refused: so.refused + refused,
        failed: so.failed + failed,
      },
      items: all.items,
    };
  }
  return all;
}

const MOST_PAGES = 5;

/** The first pages of a list, in one. */
export async function firstPages<T>(list: {
  page(cursor?: string): Promise<List<T>>;
}): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await list.page(cursor);
    items.push(...page.items);
    if (!page.has_more || page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  return items;
}
