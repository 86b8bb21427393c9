import { OrchestrationError } from '@tenuto/contract';
import type pg from 'pg';

/** What the queries of the API need of a database. */
export type Database = Pick<pg.Pool, 'query' | 'connect'>;

/** PostgreSQL's `query_canceled` (a statement timeout), `lock_not_available`, `deadlock_detected`. */
const TOO_SLOW = new Set(['57014', '55P03', '40P01']);
/** Classes: connection, resources (too many connections, disk full), operator intervention, system. */
const AWAY = /^(08|53|57|58)/;
/** What Node and `pg` say when there is no connection to be had. */
const NO_CONNECTION =
  /ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|timeout exceeded|terminat|not queryable|Cannot use a pool/i;

/**
 * Runs one statement for the API.
 * @throws OrchestrationError `overloaded` when it took too long, `store_unavailable` when the
 *   database is away; whatever else goes wrong is a bug and passes as it is.
 */
export async function ask<Row extends pg.QueryResultRow>(
  db: Pick<Database, 'query'>,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return (await asked(() => db.query<Row>({ text, values: [...values] }))).rows;
}

/** The same for a query that somebody else has written. */
export async function asked<Result>(query: () => Promise<Result>): Promise<Result> {
  try {
    return await query();
  } catch (error) {
    throw translated(error);
  }
}

/** The error of the contract that a failure of the database means, or the failure itself. */
export function translated(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (TOO_SLOW.has(code)) {
    return new OrchestrationError('overloaded', 'The database took too long to answer.', {
      retryAfterSeconds: 2,
      cause: error,
    });
  }
  if (AWAY.test(code) || NO_CONNECTION.test(`${code} ${error.message}`)) {
    return new OrchestrationError('store_unavailable', 'The database cannot be reached.', {
      retryAfterSeconds: 2,
      cause: error,
    });
  }
  return error;
}

/** Collects the values of a statement; `add` answers the placeholder of the one added. */
export function parameters(): { readonly values: unknown[]; add(value: unknown): string } {
  const values: unknown[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
}
export type Parameters = ReturnType<typeof parameters>;
