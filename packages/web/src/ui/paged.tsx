import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Pages } from '../data/pages.ts';
import { WORDS } from '../words.ts';
import { Failure } from './notice.tsx';
import { Waiting } from './skeleton.tsx';

interface Props<T> {
  readonly pages: Pages<T>;
  /** Stands where nothing is. */
  readonly empty: ReactNode;
  readonly children: (items: readonly T[], total: number) => ReactNode;
}

/** A list in each of its states: not yet there, refused, empty, and with a way to more of it. */
export function Paged<T>({ pages, empty, children }: Props<T>) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = pages;
  if (data === undefined) {
    return error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />;
  }
  const items = data.pages.flatMap((page) => page.items);
  if (items.length === 0) return empty;
  return (
    <>
      {children(items, data.pages[0]?.total ?? items.length)}
      {hasNextPage && (
        <Button
          variant="default"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
          className="load-more"
        >
          {WORDS.common.more}
        </Button>
      )}
    </>
  );
}
