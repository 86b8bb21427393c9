/**
 * Databases whose time is the simulation's. What PostgreSQL is asked for the time is answered from
 * a table: functions of the same names stand before its own on the search path.
 */
import { randomBytes } from 'node:crypto';
import { createEngineStore, MIGRATIONS, migrate, type PostgresConnection } from '@tenuto/store';
import pg from 'pg';
import { EPOCH_MS } from '../world.ts';

/** A server, and a migrated database on it that simulations have copies of. */
export interface TwinPlace {
  readonly connection: PostgresConnection;
  readonly template: string;
}

export interface TwinDatabase {
  readonly connection: PostgresConnection;
  readonly session: pg.Client;
  /** Sets its time, in milliseconds since the epoch. */
  setTime(ms: number): Promise<void>;
  drop(): Promise<void>;
}

const VIRTUAL_TIME = `
  create table simulated_time (at timestamptz not null);
  insert into simulated_time values ('-infinity');
  create function public.clock_timestamp() returns timestamptz language sql volatile
    as 'select at from public.simulated_time';
  do $$
  declare
    found record;
  begin
    for found in
      select d.adrelid::regclass as relation, a.attname as name
      from pg_attrdef d
      join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
      where pg_get_expr(d.adbin, d.adrelid) = 'clock_timestamp()'
    loop
      execute format('alter table %s alter column %I set default public.clock_timestamp()',
        found.relation, found.name);
    end loop;
  end $$`;

/** What a simulation commits need not outlive a crash of the server. */
const SETTINGS = ['search_path = public, pg_catalog', 'synchronous_commit = off'];

/** Makes the database that simulations have copies of. */
export async function prepareTwins(connection: PostgresConnection): Promise<TwinPlace> {
  const template = `simulated_${randomBytes(6).toString('hex')}`;
  await within(connection, (session) => session.query(`create database ${template}`));
  await within({ ...connection, database: template }, async (session) => {
    await migrate(session, MIGRATIONS);
    for (const setting of SETTINGS)
      await session.query(`alter database ${template} set ${setting}`);
    await session.query(VIRTUAL_TIME);
    await setTime(session, EPOCH_MS);
  });
  // Partitions take their time to make: each copy has them already.
  const store = createEngineStore({ ...connection, database: template });
  await store.maintain().finally(() => store.close());
  return { connection, template };
}

export async function dropTwins({ connection, template }: TwinPlace): Promise<void> {
  const drop = `drop database if exists ${template} with (force)`;
  await within(connection, (session) => session.query(drop));
}

/** A copy for one simulation. */
export async function openTwinDatabase(place: TwinPlace): Promise<TwinDatabase> {
  const database = `${place.template}_${randomBytes(6).toString('hex')}`;
  await within(place.connection, async (session) => {
    await session.query(`create database ${database} template ${place.template}`);
    for (const setting of SETTINGS)
      await session.query(`alter database ${database} set ${setting}`);
  });
  const connection = { ...place.connection, database };
  const session = new pg.Client({ ...connection });
  await session.connect();
  let time = Number.NaN;
  return {
    connection,
    session,
    async setTime(ms) {
      if (ms === time) return;
      time = ms;
      await setTime(session, ms);
    },
    async drop() {
      await session.end();
      const drop = `drop database if exists ${database} with (force)`;
      await within(place.connection, (admin) => admin.query(drop));
    },
  };
}

async function setTime(session: pg.Client, ms: number): Promise<void> {
  await session.query({
    name: 'time',
    text: `update simulated_time set at = to_timestamp(0) + $1::int8 * interval '1 microsecond'`,
    values: [Math.round(ms * 1_000)],
  });
}

async function within(
  connection: PostgresConnection,
  act: (session: pg.Client) => Promise<unknown>,
): Promise<void> {
  const session = new pg.Client({ ...connection });
  await session.connect();
  try {
    await act(session);
  } finally {
    await session.end();
  }
}
