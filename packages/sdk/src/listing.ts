import type { List } from '@tenuto/contract';
import {
  fields,
  flag,
  listOf,
  nullable,
  number,
  optional,
  type Shape,
  text,
  yes,
} from './shape.ts';

/**
 * A list that is fetched as it is read: `for await (const job of listing)` goes through all pages,
 * `first()` fetches only the first one and `page()` the one at a cursor. Each iteration starts anew.
 */
export interface Listing<T> extends AsyncIterable<T> {
  first(): Promise<List<T>>;
  /** The page at the `next_cursor` of another, the first one without. */
  page(cursor?: string): Promise<List<T>>;
}

/** What the envelope of every list has. */
export function pageFields<T>(item: Shape<T>) {
  return {
    items: listOf(item),
    total: number,
    total_is_estimate: optional(yes),
    limit: number,
    offset: number,
    has_more: flag,
    next_cursor: nullable(text),
  };
}

export function pageOf<T>(item: Shape<T>): Shape<List<T>> {
  return fields(pageFields(item));
}

/**
 * Makes a listing out of what fetches a page.
 *
 * @param fetchPage fetches the page at a cursor, the first one without
 */
export function listing<T>(fetchPage: (cursor?: string) => Promise<List<T>>): Listing<T> {
  return {
    first: () => fetchPage(),
    page: (cursor) => fetchPage(cursor),
    async *[Symbol.asyncIterator]() {
      let cursor: string | undefined;
      do {
        const page: List<T> = await fetchPage(cursor);
        yield* page.items;
        cursor = page.has_more ? (page.next_cursor ?? undefined) : undefined;
      } while (cursor !== undefined);
    },
  };
}
