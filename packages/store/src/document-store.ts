import type { DocumentStore } from '@tenuto/engine';
import type { Database } from './queries/database.ts';
import { changeDocument, createDocument, removeDocument } from './queries/document-change.ts';
import {
  findDocument,
  findVersion,
  listDocuments,
  listVersions,
  namedDocuments,
} from './queries/documents.ts';

/** Documents under names and in versions, as the API sees them. */
export function createDocumentStore(db: Database): DocumentStore {
  return {
    create: (document) => createDocument(db, document),
    find: (access, kind, idOrName) => findDocument(db, access, kind, idOrName),
    version: (access, which) => findVersion(db, access, which),
    list: (access, filter, page) => listDocuments(db, access, filter, page),
    versions: (access, which, page) => listVersions(db, access, which, page),
    change: (access, change) => changeDocument(db, access, change),
    remove: (access, removal) => removeDocument(db, access, removal),
    named: (owner, kind, names) => namedDocuments(db, owner, kind, names),
  };
}
