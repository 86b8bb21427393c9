import type { Access, DocumentChange, DocumentRemoval, NewDocument } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { freshPart } from './idempotency.ts';
import { reachable } from './run-row.ts';

/** PostgreSQL's `unique_violation`. */
const UNIQUE = '23505';
const NAME_INDEX = 'documents_name';

/** Makes a document with its first version, its idempotency key and its audit row, or none of them. */
export async function createDocument(
  db: Database,
  document: NewDocument,
): Promise<{ readonly documentId: string } | 'taken' | 'duplicate'> {
  const { kind, owner, name, idempotency, audit } = document;
  const given = parameters();
  const text = `with ${freshPart({ owner, idempotency }, { names: kind }, given)},
    made as (
      insert into documents (document_id, kind, owner, name, version)
      select id, ${given.add(kind)}, ${given.add(owner)}, ${given.add(name)}, 1 from fresh
      returning document_id, version, created_at as at),
    ${versionPart(document, 'made', given)},
    audited as (${auditPart(audit, 'made', given, 'made.document_id::text')})
    select document_id from made`;
  const rows = await unlessTaken(() => ask<{ document_id: string }>(db, text, given.values));
  if (rows === 'taken') return 'taken';
  const [row] = rows;
  return row === undefined ? 'duplicate' : { documentId: row.document_id };
}

/** Lets a new version follow the one that the caller knows. */
export async function changeDocument(
  db: Database,
  access: Access,
  change: DocumentChange,
): Promise<'changed' | 'taken' | 'stale' | 'missing'> {
  const given = parameters();
  const text = `with changed as (
      update documents d set version = d.version + 1, name = ${given.add(change.name)}
      where ${conditions(access, change, given)}
      returning d.document_id, d.version, clock_timestamp() as at),
    ${versionPart(change, 'changed', given)},
    audited as (${auditPart(change.audit, 'changed', given)})
    select 1 from changed`;
  const rows = await unlessTaken(() => ask(db, text, given.values));
  if (rows === 'taken') return 'taken';
  return rows.length > 0 ? 'changed' : staleOrMissing(db, access, change);
}

/** Deletes a document for all who want to use it from now on; its versions stay. */
export async function removeDocument(
  db: Database,
  access: Access,
  removal: DocumentRemoval,
): Promise<'removed' | 'stale' | 'missing'> {
  const given = parameters();
  const rows = await ask(
    db,
    `with removed as (
       update documents d set deleted_at = clock_timestamp()
       where ${conditions(access, removal, given)} returning 1),
     audited as (${auditPart(removal.audit, 'removed', given)})
     select 1 from removed`,
    given.values,
  );
  return rows.length > 0 ? 'removed' : staleOrMissing(db, access, removal);
}

function versionPart(
  { name, content, audit }: Pick<NewDocument, 'name' | 'content' | 'audit'>,
  head: string,
  given: Parameters,
): string {
  return `versioned as (
      insert into document_versions (document_id, version, name, content, created_at, created_by)
      select document_id, version, ${given.add(name)}, ${given.add(JSON.stringify(content))}, at,
        ${given.add(audit.actor)}
      from ${head})`;
}

function conditions(
  access: Access,
  of: Pick<DocumentRemoval, 'kind' | 'documentId' | 'version'>,
  given: Parameters,
): string {
  const all = [
    `d.document_id = ${given.add(of.documentId)}`,
    `d.kind = ${given.add(of.kind)}`,
    'd.deleted_at is null',
    reachable(access, given, 'd'),
  ];
  if (of.version !== undefined) all.push(`d.version = ${given.add(of.version)}`);
  return all.join(' and ');
}

async function staleOrMissing(
  db: Database,
  access: Access,
  { kind, documentId }: Pick<DocumentRemoval, 'kind' | 'documentId'>,
): Promise<'stale' | 'missing'> {
  const given = parameters();
  const where = conditions(access, { kind, documentId }, given);
  const rows = await ask(db, `select 1 from documents d where ${where}`, given.values);
  return rows.length > 0 ? 'stale' : 'missing';
}

/** A name that another document has refuses the whole statement, its key and its audit row too. */
async function unlessTaken<Rows>(statement: () => Promise<Rows>): Promise<Rows | 'taken'> {
  try {
    return await statement();
  } catch (error) {
    if (isTaken(error)) return 'taken';
    throw error;
  }
}

function isTaken(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || !('constraint' in error)) return false;
  return error.code === UNIQUE && error.constraint === NAME_INDEX;
}
