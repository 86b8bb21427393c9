import { OrchestrationError } from '@tenuto/contract';
import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './database.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ ...database.connection, max: 1, connectionTimeoutMillis: 200 });
  pool.on('error', () => undefined);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof OrchestrationError ? error.code : error;
}

describe('a failure of the database', () => {
  it('that comes of a slow statement is an overload', async () => {
    const client = await pool.connect();
    await client.query('set statement_timeout = 10');
    expect(await codeOf(ask(client as never, 'select pg_sleep(60)'))).toBe('overloaded');
    client.release(true);
  });

  it('that comes of a lost connection says that the store is away', async () => {
    expect(await codeOf(ask(pool, 'select pg_terminate_backend(pg_backend_pid())'))).toBe(
      'store_unavailable',
    );
    expect(await ask(pool, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('that comes of no free connection says that the store is away', async () => {
    const client = await pool.connect();
    expect(await codeOf(ask(pool, 'select 1'))).toBe('store_unavailable');
    client.release();
  });

  it('that comes of no server says that the store is away', async () => {
    const nowhere = new pg.Pool({ host: '127.0.0.1', port: 1, connectionTimeoutMillis: 1_000 });
    expect(await codeOf(ask(nowhere, 'select 1'))).toBe('store_unavailable');
    await nowhere.end();
  });

  it('that is our own stays as it is', async () => {
    expect(await codeOf(ask(pool, 'select nonsense'))).toBeInstanceOf(pg.DatabaseError);
  });
});
