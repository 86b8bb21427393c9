import type pg from 'pg';
import { type Database, translated } from './database.ts';

/** A session in the middle of a transaction. */
export type Session = Pick<pg.ClientBase, 'query'>;

/** Ends a transaction without its changes; what {@link transaction} answers then. */
export class Refusal<Answer> extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super('the transaction is undone');
    this.answer = answer;
  }
}

/**
 * Runs statements as one transaction; what is thrown undoes it.
 * @returns what the work returns once it is committed, or the answer of the Refusal that it throws
 * @throws OrchestrationError as `ask` does
 */
export async function transaction<Result>(
  db: Pick<Database, 'connect'>,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const client = await db.connect().catch((error: unknown) => {
    throw translated(error);
  });
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
    if (error instanceof Refusal) return error.answer;
    throw translated(error);
  } finally {
    client.release(broken);
  }
}
