import type pg from 'pg';
import { type Database, translated } from './database.ts';

/** A session in the middle of a transaction. */
export type Session = Pick<pg.ClientBase, 'query'>;

/**
 * Runs some statements as one transaction; what is thrown undoes it.
 * @throws OrchestrationError as `ask` does
 */
export async function inTransaction<Result>(
  db: Pick<Database, 'connect'>,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  let client: pg.PoolClient;
  try {
    client = await db.connect();
  } catch (error) {
    throw translated(error);
  }
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // A session that cannot even undo is of no use to whoever comes next.
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw translated(error);
  } finally {
    client.release(broken);
  }
}
