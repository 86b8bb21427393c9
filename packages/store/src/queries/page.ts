import type { Page, PageRequest } from '@tenuto/engine';
import type pg from 'pg';
import { ask, type Database, type Parameters } from './database.ts';

/** Counted exactly up to here; a list that is longer says it has at least so many. */
const COUNTED = 10_000;

interface PagedQuery<Row, Item> {
  readonly columns: string;
  readonly from: string;
  /** The same rows without what is joined to them: enough to count them. */
  readonly counted?: string | undefined;
  readonly where: readonly string[];
  /** Columns of a unique index that gives the order. */
  readonly key: readonly string[];
  /** Values of `key` of the last item of the page before. */
  readonly after: readonly unknown[] | undefined;
  readonly page: PageRequest<unknown>;
  readonly given: Parameters;
  /** Backwards in that order. */
  readonly newestFirst?: boolean;
  item(row: Row): Item;
}

/** One page of a list, in the order of an index; counted only where it is not all there is. */
export async function pageOf<Row extends pg.QueryResultRow, Item>(
  db: Database,
  query: PagedQuery<Row, Item>,
): Promise<Page<Item>> {
  const { page, given } = query;
  const where = query.where.join(' and ');
  const counting = [...given.values];
  const key = query.key.join(', ');
  const [beyond, direction] = query.newestFirst ? ['<', ' desc'] : ['>', ''];
  const order = query.key.map((column) => column + direction).join(', ');
  const from = query.after?.map((value) => given.add(value)).join(', ');
  const further = from === undefined ? '' : ` and (${key}) ${beyond} (${from})`;
  const rows = await ask<Row>(
    db,
    `select ${query.columns} from ${query.from} where ${where}${further}
     order by ${order} limit ${given.add(page.limit + 1)} offset ${given.add(page.offset)}`,
    given.values,
  );
  const hasMore = rows.length > page.limit;
  const isWhole = !hasMore && from === undefined && page.offset === 0;
  const count = isWhole ? rows.length : await countOf(db, query, { where, values: counting });
  return {
    items: rows.slice(0, page.limit).map(query.item),
    total: count,
    totalIsEstimate: count > COUNTED,
    hasMore,
  };
}

async function countOf<Row extends pg.QueryResultRow, Item>(
  db: Database,
  query: PagedQuery<Row, Item>,
  { where, values }: { readonly where: string; readonly values: readonly unknown[] },
): Promise<number> {
  const [counted] = await ask<{ count: number }>(
    db,
    `select count(*)::int as count
     from (select 1 from ${query.counted ?? query.from} where ${where} limit ${COUNTED + 1}) counted`,
    values,
  );
  return counted?.count ?? 0;
}
