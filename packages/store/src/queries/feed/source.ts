import type { FeedHead, FeedItem, FeedPart } from '@tenuto/engine';
import type pg from 'pg';

/** The transaction of a look: everything is read as it was at one moment. */
export type Snapshot = Pick<pg.PoolClient, 'query'>;

/**
 * One kind of things that a feed tells of. What it finds new is in the order in which it has to be
 * told; a source whose rows have no order of commits gives each a key, and leaves out those whose key
 * is in the feed.
 */
export interface FeedSource {
  look(snapshot: Snapshot, head: FeedHead): Promise<FeedPart>;
}

/** What one look takes from one source: more would hold up whoever parses it. */
export const LOOK_ROWS = 1_000;

/** A time in milliseconds since the epoch. */
export const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

/**
 * A source of rows that are known by a key.
 *
 * @param sql the rows of run `$1`, as `key`, `at` (by {@link MS}) and whatever `item` reads
 */
export function keyedSource<Row extends { readonly key: string; readonly at: number }>(
  sql: string,
  item: (row: Row) => Omit<FeedItem, 'key' | 'at'>,
): FeedSource {
  const text = `select n.* from (${sql}) n
    where not exists (select from run_feed f where f.run_id = $1 and f.key = n.key)
    order by n.at, n.key limit ${LOOK_ROWS}`;
  return {
    async look(snapshot, { runId }) {
      const { rows } = await snapshot.query<Row>(text, [runId]);
      return {
        items: rows.map((row) => ({ ...item(row), key: row.key, at: row.at })),
        more: rows.length === LOOK_ROWS,
      };
    },
  };
}
