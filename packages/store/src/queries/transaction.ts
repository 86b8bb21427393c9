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

/** PostgreSQL's `deadlock_detected`: of those who wait for each other, one was undone. */
const DEADLOCK = '40P01';
const TRIES = 3;

/**
 * The same as {@link transaction} for work that takes locks in an order that it cannot choose: where
 * it is undone so that another may go on, it is done again.
 */
export async function patientTransaction<Result>(
  db: Pick<Database, 'connect'>,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transaction(db, work);
    } catch (error) {
      if (tries >= TRIES || !isDeadlock(error)) throw error;
    }
  }
}

function isDeadlock(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === DEADLOCK) || isDeadlock(error.cause);
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
