import type { Access, Page, PageRequest, SealedSecret, SecretRecord } from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';

const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
const COLUMNS = `s.secret_id, s.owner, s.name, s.description, s.allowed_hosts, s.version,
  ${MS('s.created_at')} as created_at, ${MS('s.updated_at')} as updated_at`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Row {
  readonly secret_id: string;
  readonly owner: string;
  readonly name: string;
  readonly description: string | null;
  readonly allowed_hosts: string[] | null;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

function recordOf(row: Row): SecretRecord {
  return {
    secretId: row.secret_id,
    owner: row.owner,
    name: row.name,
    description: row.description,
    allowedHosts: row.allowed_hosts,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** By id whoever may reach it; by name only the caller's own, since names are an owner's. */
export async function findSecret(
  db: Database,
  access: Access,
  idOrName: string,
): Promise<SecretRecord | undefined> {
  const given = parameters();
  const which = UUID.test(idOrName)
    ? `s.secret_id = ${given.add(idOrName)} and ${reachable(access, given, 's')}`
    : `s.name = ${given.add(idOrName)} and s.owner = ${given.add(access.owner)}`;
  const [row] = await ask<Row>(db, `select ${COLUMNS} from secrets s where ${which}`, given.values);
  return row && recordOf(row);
}

/** Newest first. */
export function listSecrets(
  db: Database,
  access: Access,
  page: PageRequest<string>,
): Promise<Page<SecretRecord>> {
  const given = parameters();
  const where = [reachable(access, given, 's')];
  return pageOf(db, {
    ...{ columns: COLUMNS, from: 'secrets s', where, key: ['s.secret_id'] },
    after: page.after === undefined ? undefined : [page.after],
    ...{ page, given, newestFirst: true, item: recordOf },
  });
}

interface SealedRow {
  readonly secret_id: string;
  readonly name: string;
  readonly sealed: Buffer;
  readonly allowed_hosts: string[] | null;
}
const SEALED = 'secret_id, name, sealed, allowed_hosts';

function sealedOf(row: SealedRow): SealedSecret {
  const { secret_id: secretId, name, sealed, allowed_hosts: allowedHosts } = row;
  return { secretId, name, sealed, allowedHosts };
}

export async function sealedSecrets(
  db: Database,
  owner: string,
  names: readonly string[],
): Promise<readonly SealedSecret[]> {
  const rows = await ask<SealedRow>(
    db,
    `select ${SEALED} from secrets where owner = $1 and name = any($2::text[])`,
    [owner, names],
  );
  return rows.map(sealedOf);
}

export async function unknownSecrets(
  db: Database,
  owner: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const rows = await ask<{ name: string }>(
    db,
    `select distinct t.name from unnest($2::text[]) t(name) where not exists (
       select from secrets s where s.owner = $1 and s.name = t.name) order by 1`,
    [owner, names],
  );
  return rows.map(({ name }) => name);
}

export async function sealedOtherwise(
  db: Database,
  head: Uint8Array,
  most: number,
): Promise<readonly SealedSecret[]> {
  const rows = await ask<SealedRow>(
    db,
    `select ${SEALED} from secrets
     where substring(sealed from 1 for $2) <> $1::bytea order by secret_id limit $3`,
    [head, head.length, most],
  );
  return rows.map(sealedOf);
}
