import { Button } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { type ReactNode, useEffect } from 'react';
import type { Pages } from '../data/pages.ts';
import { WORDS } from '../words.ts';
import { Failure } from './notice.tsx';
import { Waiting } from './skeleton.tsx';

/** Read before it is in sight, so that who scrolls does not wait. */
const AHEAD = '600px 0px';

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
      {hasNextPage && <More loading={isFetchingNextPage} more={() => void fetchNextPage()} />}
    </>
  );
}

interface MoreProps {
  readonly loading: boolean;
  readonly more: () => void;
}

/** Reads on when it comes into view, and when it is pressed. */
function More({ loading, more }: MoreProps) {
  const { ref, entry } = useIntersection({
    // Ahead of what is in sight of the part of the page that scrolls: a margin of the window is none of that.
    root: document.getElementById('content'),
    rootMargin: AHEAD,
  });
  const isSeen = entry?.isIntersecting === true;
  // Asked once for each time that it is seen and idle; what a page brings pushes it out of view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => {
    if (isSeen && !loading) more();
  }, [isSeen, loading]);
  return (
    <Button ref={ref} variant="default" loading={loading} onClick={more} className="load-more">
      {WORDS.common.more}
    </Button>
  );
}
