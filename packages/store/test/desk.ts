/** A database of a test with a store on it, and a session of the test's own to look and to interfere. */
import { randomUUID } from 'node:crypto';
import type { Lane } from '@tenuto/engine';
import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import pg from 'pg';
import { createEngineStore, type OpenEngineStore } from '../src/engine-store.ts';
import { newRunId, submitRow } from './rows.ts';

export interface Desk {
  readonly connection: TestDatabase['connection'];
  readonly store: OpenEngineStore;
  /** Asks in a session of the desk's own. */
  ask<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Another session, closed with the desk. */
  session(): Promise<pg.Client>;
  /** A new engine under its first epoch, with its lane. */
  engine(): Promise<{ engineId: string; epoch: number; lane: Lane }>;
  /** How many rows each table has that a flush may write. */
  count(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

export const WRITTEN = [
  'batches',
  'idempotency_keys',
  'run_live',
  'runs',
  'attempts',
  'run_events',
  'started',
  'run_inbox',
  'audit',
  'retry_policy_samples',
];

export async function openDesk(): Promise<Desk> {
  const database = await createDatabase();
  const store = createEngineStore(database.connection);
  await store.maintain();
  const opened: { end(): Promise<void> }[] = [];
  async function session(): Promise<pg.Client> {
    const client = new pg.Client({ ...database.connection });
    client.on('error', () => undefined);
    await client.connect();
    opened.push(client);
    return client;
  }
  const own = new pg.Pool({ ...database.connection, max: 2 });
  own.on('error', () => undefined);
  const ask: Desk['ask'] = async (sql, values = []) => (await own.query(sql, [...values])).rows;
  return {
    connection: database.connection,
    store,
    ask,
    session,
    async engine() {
      const engineId = randomUUID();
      const { epoch } = await store.register({ engineId, name: 'test', lanes: 1, leaseMs: 10_000 });
      const lane = await store.openLane({ engineId, lane: 0, epoch });
      opened.push({ end: () => lane.close() });
      return { engineId, epoch, lane };
    },
    async count() {
      const counts = WRITTEN.map((table) => `(select count(*)::int from ${table}) as ${table}`);
      return (await ask<Record<string, number>>(`select ${counts.join(', ')}`))[0] ?? {};
    },
    async close() {
      await Promise.all(opened.map((client) => client.end().catch(() => undefined)));
      await Promise.all([store.close(), own.end()]);
      await database.drop();
    },
  };
}

/** Waits until another session waits for a lock, in the database of the desk. */
export async function lockAwaited({ ask }: Desk, atLeast = 1): Promise<void> {
  for (;;) {
    const [row] = await ask<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if ((row?.waiting ?? 0) >= atLeast) return;
  }
}

/** Submits of unowned runs, as many as asked for, in one row each. */
export function queuedRows(count: number, over: Parameters<typeof submitRow>[0] = {}) {
  return Array.from({ length: count }, () =>
    submitRow({ runId: newRunId(), owned: false, ...over }),
  );
}
