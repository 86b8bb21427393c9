import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../src/migrate.ts';
import { makePartitions } from '../src/queries/partitions.ts';
import { readHours, sumUpTallies } from '../src/queries/run-tallies.ts';
import { temporaryFolder } from './embedded.ts';

const SQL = join(import.meta.dirname, '../sql');
const HOURS_FROM = '000025';
const ALL = { owner: 'admin', all: true };

let database: TestDatabase;
let pool: pg.Pool;
let client: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ ...database.connection, max: 2 });
  client = new pg.Client({ ...database.connection });
  await client.connect();
  await client.query('drop schema public cascade; create schema public');
});
afterAll(async () => {
  await client.end();
  await pool.end();
  await database.drop();
});

/** A release before this one, as its files make it. */
async function before(): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of await readdir(SQL)) {
    if (name < HOURS_FROM) await writeFile(join(folder, name), await readFile(join(SQL, name)));
  }
  return folder;
}

/** Runs that ended so many hours ago, an hour after they were made. */
const ended = (status: string, hours: number, runs: number) =>
  client.query(
    `insert into runs (run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by, input,
       created_at, started_at, completed_at, status, progress, version)
     select (lpad(to_hex(at), 12, '0') || '7000' || '8000' || lpad(to_hex(i + $2::int * 1000), 12, '0'))::uuid,
       '\\x00', 'ann', 0, 'x', 'dag', 5, 'x', '{}', to_timestamp(at / 1000.0),
       to_timestamp(at / 1000.0), to_timestamp(at / 1000.0) + interval '1 hour', $1::run_status, '{}', 2
     from (select i, (extract(epoch from now()) * 1000)::bigint - ($2::int + 1) * 3600000 as at
       from generate_series(1, $3::int) i) made`,
    [status, hours, runs],
  );

it('what has ended before there were hours is counted by them, and once', async () => {
  await migrate(client, await before());
  await makePartitions(pool);
  await ended('completed', 2, 3);
  await ended('failed', 20, 2);
  // Of these it is written already what they count for, and not yet summed up.
  await ended('aborted', 1, 4);
  await client.query(
    `insert into run_tallies (owner, kind, day, status, bucket, runs, duration_ms, last_at)
     select owner, kind, (completed_at at time zone 'UTC')::date, status, 0, count(*), 0, max(completed_at)
     from runs where status = 'aborted' group by 1, 2, 3, 4`,
  );
  await migrate(client, SQL);
  const counted = async () => {
    const rows = await readHours(pool, ALL, Date.now() - 86_400_000);
    const sums = rows.map(({ status }) => [
      status,
      rows.reduce((all, row) => all + (row.status === status ? row.runs : 0), 0),
    ]);
    return Object.fromEntries(sums);
  };
  expect(await counted()).toEqual({ completed: 3, failed: 2, aborted: 4 });
  await sumUpTallies(pool);
  expect(await counted()).toEqual({ completed: 3, failed: 2, aborted: 4 });
});
