import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createEngineStore,
  MIGRATIONS,
  migrate,
  type OpenEngineStore,
  type PostgresConnection,
  startEmbedded,
} from '@tenuto/store';
import pg from 'pg';

export interface BenchStore {
  readonly connection: PostgresConnection;
  readonly store: OpenEngineStore;
  /** A session for what no engine does: loading history, looking. */
  readonly sql: pg.Client;
}

/** Hands a fresh, migrated store in a temporary folder to `use`, and removes it afterwards. */
export async function withStore<T>(use: (store: BenchStore) => Promise<T>): Promise<T> {
  return withFolder(async (dataDir) => {
    const server = await startEmbedded({ dataDir });
    try {
      const sql = new pg.Client({ ...server.connection });
      await sql.connect();
      const store = createEngineStore({ ...server.connection });
      try {
        await migrate(sql, MIGRATIONS);
        await store.maintain();
        return await use({ connection: server.connection, store, sql });
      } finally {
        await store.close();
        await sql.end();
      }
    } finally {
      await server.stop();
    }
  });
}

/** Hands a temporary folder to `use`, and removes it afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
