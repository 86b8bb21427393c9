import type { JsonObject } from '@tenuto/contract';
import type {
  Access,
  DocumentFilter,
  DocumentKind,
  DocumentRecord,
  Page,
  PageRequest,
} from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { escapeLike } from './like.ts';
import { pageOf } from './page.ts';
import { objectOf, reachable } from './run-row.ts';

interface Row {
  readonly document_id: string;
  readonly kind: DocumentKind;
  readonly owner: string;
  readonly name: string;
  readonly version: number;
  readonly content: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly updated_by: string;
}

const COLUMNS = `d.document_id, d.kind, d.owner, v.name, v.version, v.content, d.created_at,
  v.created_at as updated_at, v.created_by as updated_by`;
const IN_FORCE = `documents d join document_versions v
  on v.document_id = d.document_id and v.version = d.version`;
const ALL = 'documents d join document_versions v on v.document_id = d.document_id';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function recordOf(row: Row): DocumentRecord {
  const content: JsonObject = objectOf(row.content) ?? {};
  return {
    documentId: row.document_id,
    kind: row.kind,
    owner: row.owner,
    name: row.name,
    version: row.version,
    content,
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
    updatedBy: row.updated_by,
  };
}

/** The version in force. By id whoever may reach it; by name only the caller's own. */
export async function findDocument(
  db: Database,
  access: Access,
  kind: DocumentKind,
  idOrName: string,
): Promise<DocumentRecord | undefined> {
  const given = parameters();
  const which = UUID.test(idOrName)
    ? `d.document_id = ${given.add(idOrName)} and ${reachable(access, given, 'd')}`
    : `d.name = ${given.add(idOrName)} and d.owner = ${given.add(access.owner)}`;
  const [row] = await ask<Row>(
    db,
    `select ${COLUMNS} from ${IN_FORCE}
     where ${which} and d.kind = ${given.add(kind)} and d.deleted_at is null`,
    given.values,
  );
  return row && recordOf(row);
}

export async function findVersion(
  db: Database,
  access: Access,
  which: { readonly kind: DocumentKind; readonly documentId: string; readonly version: number },
): Promise<DocumentRecord | undefined> {
  const given = parameters();
  const [row] = await ask<Row>(
    db,
    `select ${COLUMNS} from ${ALL}
     where d.document_id = ${given.add(which.documentId)} and d.kind = ${given.add(which.kind)}
       and v.version = ${given.add(which.version)} and d.deleted_at is null
       and ${reachable(access, given, 'd')}`,
    given.values,
  );
  return row && recordOf(row);
}

/** Newest first. */
export function listDocuments(
  db: Database,
  access: Access,
  { kind, name, namePrefix }: DocumentFilter,
  page: PageRequest<string>,
): Promise<Page<DocumentRecord>> {
  const given = parameters();
  const where = [
    `d.kind = ${given.add(kind)}`,
    'd.deleted_at is null',
    reachable(access, given, 'd'),
  ];
  if (name !== undefined) where.push(`d.name = ${given.add(name)}`);
  if (namePrefix !== undefined) {
    where.push(`d.name like ${given.add(`${escapeLike(namePrefix)}%`)}`);
  }
  return pageOf(db, {
    ...{ columns: COLUMNS, from: IN_FORCE, counted: 'documents d', where, key: ['d.document_id'] },
    after: page.after === undefined ? undefined : [page.after],
    ...{ page, given, newestFirst: true, item: recordOf },
  });
}

/** Newest first. */
export function listVersions(
  db: Database,
  access: Access,
  which: { readonly kind: DocumentKind; readonly documentId: string },
  page: PageRequest<number>,
): Promise<Page<DocumentRecord>> {
  const given = parameters();
  const where = [
    `d.document_id = ${given.add(which.documentId)}`,
    `d.kind = ${given.add(which.kind)}`,
    'd.deleted_at is null',
    reachable(access, given, 'd'),
  ];
  return pageOf(db, {
    ...{ columns: COLUMNS, from: ALL, where, key: ['v.version'] },
    after: page.after === undefined ? undefined : [page.after],
    ...{ page, given, newestFirst: true, item: recordOf },
  });
}

export async function namedDocuments(
  db: Database,
  owner: string,
  kind: DocumentKind,
  names: readonly string[],
): Promise<readonly DocumentRecord[]> {
  const rows = await ask<Row>(
    db,
    `select ${COLUMNS} from ${IN_FORCE}
     where d.owner = $1 and d.kind = $2 and d.name = any($3::text[]) and d.deleted_at is null`,
    [owner, kind, names],
  );
  return rows.map(recordOf);
}
