import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  type EmbeddedServer,
  migrate,
  type PostgresConnection,
  startEmbedded,
} from '@tenuto/store';
import { Client } from 'pg';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';

/** What test files need to make databases of their own; it crosses to other processes. */
export interface SharedPostgres {
  readonly connection: PostgresConnection;
  /** Name of a migrated database to clone; those that are made of it begin with this name. */
  readonly template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgres: SharedPostgres;
  }
}

export interface TestDatabase {
  readonly connection: PostgresConnection;
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>;
}

export interface TestServer {
  readonly connection: PostgresConnection;
  readonly dataDir: string;
  readonly server: EmbeddedServer;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
}

const MIGRATIONS = join(import.meta.dirname, '../../store/sql');

/**
 * Set-up of a test run, found by vitest under this name: one PostgreSQL for all test files, and in it a migrated database to clone.
 * `TENUTO_TEST_DATABASE_URL` names a server to use instead of a new one; its user must be allowed
 * to create databases.
 * @returns what takes it all down again
 */
export async function setup(project: Pick<TestProject, 'provide'>): Promise<() => Promise<void>> {
  const url = process.env.TENUTO_TEST_DATABASE_URL;
  const { connection, stop } = url === undefined ? await startTestServer() : foreignServer(url);
  const template = `tenuto_test_${randomBytes(6).toString('hex')}`;
  const shared: SharedPostgres = { connection, template };
  try {
    await makeTemplate(shared);
  } catch (error) {
    await dropAll(shared).finally(stop);
    throw error;
  }
  project.provide('postgres', shared);
  return async () => {
    await dropAll(shared);
    await stop();
  };
}

/** A migrated database of the test file's own. */
export async function createDatabase(): Promise<TestDatabase> {
  return cloneDatabase(inject('postgres'));
}

/** Makes a database of its own from the template of a run. */
export async function cloneDatabase(shared: SharedPostgres): Promise<TestDatabase> {
  const database = `${shared.template}_${randomBytes(6).toString('hex')}`;
  await administer(shared.connection, `create database ${database} template ${shared.template}`);
  return {
    connection: { ...shared.connection, database },
    drop: () =>
      within(shared.connection, async (client) => {
        await sessionsEnd(client, database);
        await client.query(`drop database if exists ${database} with (force)`);
      }),
  };
}

/**
 * Waits a second at most for the sessions in a database to end. A pool says that it has ended
 * before its connections are closed, and one that is cut then has nobody left who hears its error.
 */
async function sessionsEnd(client: Client, database: string): Promise<void> {
  const sessions = `select 1 from pg_stat_activity
    where datname = $1 and backend_type = 'client backend'`;
  const deadline = Date.now() + 1_000;
  while (Date.now() < deadline) {
    if ((await client.query(sessions, [database])).rowCount === 0) return;
    await setTimeout(10);
  }
}

/** A server of one test's own, which it may kill and restart at will. */
export async function startTestServer(): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-postgres-'));
  const remove = () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  try {
    const server = await startEmbedded({ dataDir });
    const stop = () => server.stop().finally(remove);
    return { connection: server.connection, dataDir, server, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

function foreignServer(url: string): Pick<TestServer, 'connection' | 'stop'> {
  const { host, port, user = '', database = '', password } = new Client(url);
  const secret = typeof password === 'string' ? { password } : {};
  return { connection: { host, port, user, database, ...secret }, async stop() {} };
}

async function makeTemplate({ connection, template }: SharedPostgres): Promise<void> {
  await administer(connection, `create database ${template} template template0 encoding 'UTF8'`);
  await within({ ...connection, database: template }, (client) => migrate(client, MIGRATIONS));
  // A database with sessions cannot be cloned: nobody shall have one by mistake.
  await administer(connection, `alter database ${template} allow_connections false`);
}

async function dropAll({ connection, template }: SharedPostgres): Promise<void> {
  await within(connection, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select datname as name from pg_database where starts_with(datname, $1)',
      [template],
    );
    for (const { name } of rows) await client.query(`drop database ${name} with (force)`);
  });
}

async function administer(connection: PostgresConnection, statement: string): Promise<void> {
  await within(connection, (client) => client.query(statement));
}

/** Does something in a session of its own. */
async function within(
  connection: PostgresConnection,
  act: (client: Client) => Promise<unknown>,
): Promise<void> {
  const client = new Client({ ...connection });
  await client.connect();
  try {
    await act(client);
  } finally {
    await client.end();
  }
}
