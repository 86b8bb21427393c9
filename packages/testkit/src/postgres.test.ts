import { existsSync } from 'node:fs';
import { Client, type QueryResultRow } from 'pg';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import {
  cloneDatabase,
  createDatabase,
  type SharedPostgres,
  setup,
  startTestServer,
} from './postgres.ts';

async function ask<Row extends QueryResultRow>(
  connection: SharedPostgres['connection'],
  sql: string,
): Promise<Row[]> {
  const client = new Client({ ...connection });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Runs the set-up of a test run, as vitest does it. */
async function setUp(): Promise<{ shared: SharedPostgres; tearDown(): Promise<void> }> {
  const provided: SharedPostgres[] = [];
  const tearDown = await setup({ provide: (_, value) => void provided.push(value) });
  const [shared] = provided;
  if (shared === undefined) throw new Error('nothing was provided');
  return { shared, tearDown };
}

describe('a database of a test', () => {
  test('is migrated, and nobody else sees what is in it', async () => {
    const [one, other] = await Promise.all([createDatabase(), createDatabase()]);
    onTestFinished(async () => void (await Promise.all([one.drop(), other.drop()])));
    const migrations = 'select version from schema_migrations order by version';
    expect(await ask(one.connection, migrations)).toContainEqual({ version: 1 });
    await ask(one.connection, 'create table mine (n int)');
    await expect(ask(other.connection, 'select * from mine')).rejects.toThrow(/does not exist/);
    await expect(ask(one.connection, 'select * from mine')).resolves.toEqual([]);
  });

  test('can be dropped with sessions in it, and more than once', async () => {
    const { connection, drop } = await createDatabase();
    const client = new Client({ ...connection });
    const lost = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    await drop();
    await lost;
    await drop();
    await expect(ask(connection, 'select 1')).rejects.toThrow(/does not exist/);
  });

  test('is had by many at once', async () => {
    const databases = await Promise.all(Array.from({ length: 8 }, createDatabase));
    onTestFinished(async () => void (await Promise.all(databases.map(({ drop }) => drop()))));
    expect(new Set(databases.map(({ connection }) => connection.database)).size).toBe(8);
  });
});

describe('a server of a test', () => {
  test('may be killed, comes back, and leaves nothing behind', async () => {
    const { connection, dataDir, server, stop } = await startTestServer();
    try {
      await ask(connection, 'create table kept as select 1 as n');
      const { pid, restarts } = server.status();
      process.kill(pid ?? 0, 'SIGKILL');
      const back = () => server.status().restarts > restarts && server.status().pid;
      await vi.waitUntil(back, { timeout: 50_000, interval: 20 });
      expect(await ask(connection, 'select n from kept')).toEqual([{ n: 1 }]);
    } finally {
      await stop();
    }
    expect(existsSync(dataDir)).toBe(false);
  });
});

describe('the set-up of a run', () => {
  test('can use a server that is named, and leaves it as it was', async () => {
    const foreign = await startTestServer();
    onTestFinished(() => foreign.stop());
    const { host, port, user, database } = foreign.connection;
    const url = `postgres://${user}@${encodeURIComponent(host)}:${port}/${database}`;
    vi.stubEnv('TENUTO_TEST_DATABASE_URL', url);
    onTestFinished(() => void vi.unstubAllEnvs());
    const names = () => ask(foreign.connection, 'select datname from pg_database order by 1');
    const before = await names();
    const { shared, tearDown } = await setUp();
    expect(shared.connection).toEqual(foreign.connection);
    const clone = await cloneDatabase(shared);
    expect(
      await ask(clone.connection, 'select count(*)::int > 0 as any from schema_migrations'),
    ).toEqual([{ any: true }]);
    expect((await names()).length).toBe(before.length + 2);
    await tearDown();
    expect(await names()).toEqual(before);
    expect(foreign.server.status().state).toBe('running');
  });

  test('lets nobody connect to the template, so that it can always be cloned', async () => {
    const { template, connection } = inject('postgres');
    await expect(ask({ ...connection, database: template }, 'select 1')).rejects.toThrow(
      /not currently accepting connections/,
    );
  });
});
