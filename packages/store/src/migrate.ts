import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientBase } from 'pg';
import { type Logger, silentLogger } from './embedded/log.ts';
import { StoreError } from './embedded/store-error.ts';

export interface MigrateOptions {
  readonly logger?: Logger;
}

export interface Migrated {
  /** Versions that this call applied, in order. */
  readonly applied: readonly number[];
  /** The version of the database now; 0 without any migration. */
  readonly version: number;
}

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

interface AppliedRow {
  readonly version: number;
  readonly name: string;
  readonly sha256: string;
}

type Client = Pick<ClientBase, 'query'>;

/** Names this lock among all advisory locks of a database: "tenuto" in ASCII, as one number. */
const LOCK_KEY = '127978993710191';

const CREATE_TABLE = `
create table if not exists schema_migrations (
  version    integer primary key,
  name       text not null,
  sha256     text not null,
  applied_at timestamptz not null default now()
)`;

/**
 * Brings a database up to the newest of the SQL files in `folder` (000001.sql, 000002.sql, ...):
 * each in a transaction of its own, and one process at a time.
 * @param client - a session of its own: not a pool, and not through a pooler of transactions
 * @throws StoreError when an applied file was changed, the database is newer than the files, or a
 *   file fails; what was applied before that stays
 */
export async function migrate(
  client: Client,
  folder: string,
  { logger = silentLogger }: MigrateOptions = {},
): Promise<Migrated> {
  const migrations = await readMigrations(folder);
  await lock(client);
  try {
    await client.query(CREATE_TABLE);
    const { rows } = await client.query<AppliedRow>(
      'select version, name, sha256 from schema_migrations order by version',
    );
    refuseDifferences(rows, migrations);
    const pending = migrations.slice(rows.length);
    for (const migration of pending) {
      await apply(client, migration);
      logger.info({ version: migration.version, file: migration.name }, 'migrated the database');
    }
    return { applied: pending.map(({ version }) => version), version: migrations.length };
  } finally {
    await client.query(`select pg_advisory_unlock(${LOCK_KEY})`);
  }
}

/** Waits as long as another process migrates, whatever the timeouts of this session are. */
async function lock(client: Client): Promise<void> {
  await client.query('begin');
  await client.query('set local statement_timeout = 0; set local lock_timeout = 0');
  await client.query(`select pg_advisory_lock(${LOCK_KEY})`);
  await client.query('commit');
}

async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name, index) => {
      const version = Number(/^(\d{6})(?:[-_].*)?\.sql$/.exec(name)?.[1]);
      if (version !== index + 1) {
        const expected = String(index + 1).padStart(6, '0');
        throw new StoreError(`${join(folder, name)} is out of order: ${expected}.sql comes here.`);
      }
      // A checkout on Windows may have changed the ends of the lines.
      const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
      return { version, name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

function refuseDifferences(applied: readonly AppliedRow[], migrations: readonly Migration[]): void {
  const newest = applied.at(-1)?.version ?? 0;
  if (newest > migrations.length) {
    throw new StoreError(
      `The database is at version ${newest} and this program knows ${migrations.length}: a newer ` +
        'release has used it. Start that release or a later one.',
    );
  }
  for (const [index, { version, name, sha256 }] of applied.entries()) {
    if (version === index + 1 && migrations[index]?.sha256 === sha256) continue;
    throw new StoreError(
      `Migration ${name} was applied to this database with other contents than it has now. Applied ` +
        'files never change: restore it, and put the change into a new file.',
    );
  }
}

async function apply(client: Client, migration: Migration): Promise<void> {
  const { version, name, sql, sha256 } = migration;
  await client.query('begin');
  try {
    await client.query('set local statement_timeout = 0');
    await client.query(sql);
    await client.query(
      'insert into schema_migrations (version, name, sha256) values ($1, $2, $3)',
      [version, name, sha256],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw new StoreError(`Migration ${name} failed, and is undone: ${String(error)}`, error);
  }
}
