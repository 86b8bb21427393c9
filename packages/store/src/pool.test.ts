import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPool } from './pool.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
});
afterEach(() => database.drop());

it('a connection that breaks in a transaction fails the next statement, not the process', async () => {
  const pool = openPool({ ...database.connection, max: 2 });
  const client = await pool.connect();
  await client.query('begin');
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const broken = new Promise((resolve) => client.once('end', resolve));
  await pool.query('select pg_terminate_backend($1)', [rows[0].pid]);
  await broken;
  await expect(client.query('commit')).rejects.toThrow();
  client.release(true);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
});
