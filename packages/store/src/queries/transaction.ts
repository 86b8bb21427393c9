import type pg from 'pg';
import { type Database, translated } from './database.ts';

/** Ends a transaction without its changes; what {@link transaction} answers then. */
export class Refusal<Answer> extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super('the transaction is undone');
    this.answer = answer;
  }
}

/**
 * Runs statements as one transaction.
 * @returns what the work returns once it is committed, or the answer of the Refusal that it throws
 * @throws as `ask` does
 */
export async function transaction<Result>(
  db: Pick<Database, 'connect'>,
  work: (client: Pick<pg.ClientBase, 'query'>) => Promise<Result>,
): Promise<Result> {
  const client = await db.connect().catch((error: unknown) => {
    throw translated(error);
  });
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    if (!(error instanceof Refusal)) {
      client.release(true);
      throw translated(error);
    }
    await client.query('rollback').then(
      () => client.release(),
      () => client.release(true),
    );
    return error.answer;
  }
}
