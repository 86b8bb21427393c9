import type { FeedItem, FeedPart } from '../ports/run-feed-store.ts';

/** The items of several sources as one list. */
export interface Merged {
  readonly items: readonly FeedItem[];
  /** Some source has more, or there was no room for all of these. */
  readonly more: boolean;
}

/**
 * Puts what several sources have found in the order of their times, each source's own order kept: an
 * item is as late as the latest before it in its source. Where a source has more than it has shown,
 * nothing behind its last item is taken from others: what comes next may belong before that.
 *
 * @param most how many items are taken
 */
export function mergeInTime(parts: readonly FeedPart[], most: number): Merged {
  const heads = parts.map((part) => ({ part, at: Number.NEGATIVE_INFINITY, next: 0 }));
  const items: FeedItem[] = [];
  for (;;) {
    const open = heads.filter(({ part, next }) => next < part.items.length);
    if (open.length === 0) return { items, more: heads.some(({ part }) => part.more) };
    if (items.length >= most) return { items, more: true };
    let first = open[0];
    for (const head of open) if (first === undefined || timeOf(head) < timeOf(first)) first = head;
    const item = first?.part.items[first.next];
    if (first === undefined || item === undefined) throw new Error('a source has lost an item');
    items.push(item);
    first.at = timeOf(first);
    first.next += 1;
    if (first.part.more && first.next === first.part.items.length) return { items, more: true };
  }
}

function timeOf({ part, at, next }: { part: FeedPart; at: number; next: number }): number {
  return Math.max(at, part.items[next]?.at ?? at);
}
