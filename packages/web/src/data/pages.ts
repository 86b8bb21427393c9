import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { List } from '@tenuto/contract';
import { refreshEvery } from './live.ts';

/** How many things a page of a list has, where nothing else is said. */
export const PAGE = 50;

interface PagesOptions<T> {
  readonly key: readonly unknown[];
  /** Reads one page: `(cursor, signal) => client.things.list({ limit: PAGE }, { signal }).page(cursor)`. */
  readonly read: (cursor: string | undefined, signal: AbortSignal) => Promise<List<T>>;
  /** Milliseconds after which what is shown is read again; never without it. */
  readonly everyMs?: number;
  readonly enabled?: boolean;
}

/** A list that is read page by page, and kept true as far as it has been read. */
export function usePages<T>({ key, read, everyMs, enabled = true }: PagesOptions<T>) {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: List<T>) =>
      page.has_more ? (page.next_cursor ?? undefined) : undefined,
    // Who has read far asks no more of the server than who has not: all of it is read again, but less often.
    refetchInterval: (query) =>
      everyMs !== undefined && refreshEvery(everyMs * (query.state.data?.pages.length ?? 1))(query),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** The list as `ui/paged.tsx` takes it. */
export type Pages<T> = ReturnType<typeof usePages<T>>;
