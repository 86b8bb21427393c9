import type { ClientBase } from 'pg';

export interface Durability {
  /** Why this server cannot be used at all. */
  readonly fatal: readonly string[];
  /** Why a crash of this server may lose what was acknowledged. */
  readonly warnings: readonly string[];
}

const OLDEST_VERSION = 150_000;

interface SettingsRow {
  readonly version: string;
  readonly version_number: number;
  readonly in_recovery: boolean;
  readonly read_only: string;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
}

const QUERY = `
select current_setting('server_version') as version,
       current_setting('server_version_num')::int as version_number,
       pg_is_in_recovery() as in_recovery,
       current_setting('default_transaction_read_only') as read_only,
       current_setting('fsync') as fsync,
       current_setting('full_page_writes') as full_page_writes,
       current_setting('synchronous_commit') as synchronous_commit`;

/**
 * Asks a server whether it may be relied on, as this session sees it: do it after each reconnect,
 * since an address may lead to a standby after a failover.
 * @throws what the query throws
 */
export async function checkDurability(client: Pick<ClientBase, 'query'>): Promise<Durability> {
  const { rows } = await client.query<SettingsRow>(QUERY);
  const row = rows[0];
  if (row === undefined) throw new Error('the server did not show its settings');
  return { fatal: fatalOf(row), warnings: warningsOf(row) };
}

function fatalOf(row: SettingsRow): readonly string[] {
  const fatal: string[] = [];
  if (row.version_number < OLDEST_VERSION) {
    fatal.push(`PostgreSQL ${row.version} is too old: version 15 or later is needed.`);
  }
  if (row.in_recovery) {
    fatal.push('This server is a standby (in recovery): connect to the primary.');
  } else if (row.read_only === 'on') {
    fatal.push('default_transaction_read_only is on: nothing can be written over this connection.');
  }
  return fatal;
}

function warningsOf(row: SettingsRow): readonly string[] {
  const warnings: string[] = [];
  if (row.fsync === 'off') {
    warnings.push('fsync is off: a crash of the machine may destroy the whole database.');
  }
  if (row.full_page_writes === 'off') {
    warnings.push('full_page_writes is off: a crash of the machine may leave pages half written.');
  }
  if (row.synchronous_commit === 'off') {
    warnings.push('synchronous_commit is off: a crash may lose what was just acknowledged.');
  }
  return warnings;
}
