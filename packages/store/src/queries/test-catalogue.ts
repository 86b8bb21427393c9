import type { TestEntryBody } from '@tenuto/contract';
import {
  type Access,
  type CatalogueChange,
  type CatalogueFilter,
  type CatalogueKey,
  type CatalogueRecord,
  type CatalogueStore,
  type NewCatalogueEntry,
  type Page,
  type PageRequest,
  reaches,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, parameters } from './database.ts';
import { keyPart } from './idempotency.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';

const COLUMNS = 'c.owner, c.entry_id, c.body, c.version, c.created_at, c.updated_at';

interface EntryRow {
  readonly owner: string;
  readonly entry_id: string;
  readonly body: string;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export function createCatalogueStore(db: Database): CatalogueStore {
  return {
    list: (access, filter, page) => listEntries(db, access, filter, page),
    find: (access, id) => findEntry(db, access, id),
    entries: (owner, ids) => readEntries(db, owner, ids),
    casesOf: (owner, suiteId, limit) => readCases(db, { owner, suiteId, limit }),
    create: (entry) => createEntry(db, entry),
    replace: (access, entry) => replaceEntry(db, access, entry),
    remove: (access, entry) => removeEntry(db, access, entry),
  };
}

function recordOf(row: EntryRow): CatalogueRecord {
  return {
    owner: row.owner,
    id: row.entry_id,
    body: JSON.parse(row.body),
    version: row.version,
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
  };
}

/** By id. */
function listEntries(
  db: Database,
  access: Access,
  { kind, suiteId, inCharge }: CatalogueFilter,
  page: PageRequest<CatalogueKey>,
): Promise<Page<CatalogueRecord>> {
  const given = parameters();
  const where = [reachable(access, given, 'c')];
  if (kind !== undefined) where.push(`c.kind = ${given.add(kind)}`);
  if (suiteId !== undefined) where.push(`c.suite_id = ${given.add(suiteId)}`);
  if (inCharge !== undefined) where.push(`c.in_charge = ${given.add(inCharge)}`);
  return pageOf(db, {
    columns: COLUMNS,
    from: 'test_catalogue c',
    where,
    key: ['c.entry_id', 'c.owner'],
    after: page.after && [page.after.id, page.after.owner],
    page,
    given,
    item: recordOf,
  });
}

/** The caller's own before anybody else's: to an administrator one id may mean several entries. */
async function findEntry(
  db: Database,
  access: Access,
  id: string,
): Promise<CatalogueRecord | undefined> {
  const given = parameters();
  const [row] = await ask<EntryRow>(
    db,
    `select ${COLUMNS} from test_catalogue c
     where c.entry_id = ${given.add(id)} and ${reachable(access, given, 'c')}
     order by c.owner <> ${given.add(access.owner)}, c.owner limit 1`,
    given.values,
  );
  return row && recordOf(row);
}

async function readEntries(
  db: Database,
  owner: string,
  ids: readonly string[],
): Promise<CatalogueRecord[]> {
  const rows = await ask<EntryRow>(
    db,
    `select ${COLUMNS} from test_catalogue c where c.owner = $1 and c.entry_id = any($2)`,
    [owner, ids],
  );
  return rows.map(recordOf);
}

async function readCases(
  db: Database,
  of: { readonly owner: string; readonly suiteId: string; readonly limit: number },
): Promise<CatalogueRecord[]> {
  const rows = await ask<EntryRow>(
    db,
    `select ${COLUMNS} from test_catalogue c where c.owner = $1 and c.suite_id = $2
     order by c.entry_id limit $3`,
    [of.owner, of.suiteId, of.limit],
  );
  return rows.map(recordOf);
}

type Entry = CatalogueChange & { readonly body: TestEntryBody };

async function createEntry(
  db: Database,
  entry: NewCatalogueEntry,
): Promise<CatalogueRecord | 'taken' | 'duplicate'> {
  const given = parameters();
  const { kind, suite_id: suiteId = null, owner: inCharge = null } = entry.body;
  // Ids of entries are text; a key names a uuid.
  const made = { from: 'fresh', id: 'md5(id)::uuid', names: 'test_entry' };
  const rows = await ask<EntryRow>(
    db,
    `with fresh as (select ${given.add(entry.id)}::text as id),
     keyed as (${keyPart(entry, made, given)}),
     c as (
       insert into test_catalogue (owner, entry_id, kind, suite_id, in_charge, body)
       select ${given.add(entry.owner)}, id, ${given.add(kind)}, ${given.add(suiteId)},
         ${given.add(inCharge)}, ${given.add(JSON.stringify(entry.body))}
       from fresh, keyed returning *),
     audited as (${auditPart(entry.audit, 'c', given)})
     select ${COLUMNS} from c`,
    given.values,
  ).catch((error) => {
    if (error instanceof Error && 'code' in error && error.code === '23505')
      return 'taken' as const;
    throw error;
  });
  if (rows === 'taken') return 'taken';
  const [row] = rows;
  return row === undefined ? 'duplicate' : recordOf(row);
}

async function replaceEntry(
  db: Database,
  access: Access,
  entry: Entry,
): Promise<CatalogueRecord | 'stale' | 'missing'> {
  const given = parameters();
  const { kind, suite_id: suiteId = null, owner: inCharge = null } = entry.body;
  const [row] = await ask<EntryRow>(
    db,
    `with c as (
       update test_catalogue e set version = e.version + 1, updated_at = clock_timestamp(),
         kind = ${given.add(kind)}, suite_id = ${given.add(suiteId)},
         in_charge = ${given.add(inCharge)}, body = ${given.add(JSON.stringify(entry.body))}
       where ${conditionOf(access, entry, given)} returning e.*),
     audited as (${auditPart(entry.audit, 'c', given)})
     select ${COLUMNS} from c`,
    given.values,
  );
  return row === undefined ? whyNot(db, access, entry) : recordOf(row);
}

async function removeEntry(
  db: Database,
  access: Access,
  entry: CatalogueChange,
): Promise<'removed' | 'stale' | 'missing' | 'used'> {
  const given = parameters();
  const rows = await ask(
    db,
    `with removed as (
       delete from test_catalogue e
       where ${conditionOf(access, entry, given)} and not exists (
         select from test_catalogue k where k.owner = e.owner and k.suite_id = e.entry_id)
       returning e.entry_id),
     audited as (${auditPart(entry.audit, 'removed', given)})
     select 1 from removed`,
    given.values,
  );
  if (rows.length > 0) return 'removed';
  const cases = await readCases(db, { owner: entry.owner, suiteId: entry.id, limit: 1 });
  const why = await whyNot(db, access, entry);
  return why === 'stale' && cases.length > 0 ? 'used' : why;
}

function conditionOf(
  access: Access,
  { owner, id, version }: CatalogueChange,
  given: ReturnType<typeof parameters>,
): string {
  const of = [`e.owner = ${given.add(owner)}`, `e.entry_id = ${given.add(id)}`];
  if (version !== undefined) of.push(`e.version = ${given.add(version)}`);
  return [...of, reachable(access, given, 'e')].join(' and ');
}

/** Why a change found nothing to change. */
async function whyNot(
  db: Database,
  access: Access,
  { owner, id }: CatalogueKey,
): Promise<'stale' | 'missing'> {
  const [present] = await readEntries(db, owner, [id]);
  return present !== undefined && reaches(access, owner) ? 'stale' : 'missing';
}
