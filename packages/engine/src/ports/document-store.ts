import type { JsonObject } from '@tenuto/contract';
import type { AuditEntry } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';

/** What is registered under a name and in versions. The word is stored. */
export type DocumentKind = 'template' | 'mcp_server' | 'profile';

/** A document in one of its versions. Times in milliseconds since the epoch. */
export interface DocumentRecord {
  readonly documentId: string;
  readonly kind: DocumentKind;
  readonly owner: string;
  readonly name: string;
  readonly version: number;
  readonly content: JsonObject;
  readonly createdAt: number;
  /** When this version was made, and by whom. */
  readonly updatedAt: number;
  readonly updatedBy: string;
}

export interface NewDocument {
  readonly kind: DocumentKind;
  readonly owner: string;
  readonly name: string;
  readonly content: JsonObject;
  readonly idempotency?: { readonly key: string; readonly requestHash: Uint8Array };
  /** Its subject is the document's id, which is made with the row. */
  readonly audit: AuditEntry;
}

export interface DocumentChange {
  readonly kind: DocumentKind;
  readonly documentId: string;
  /** The version that is to be followed by a new one. */
  readonly version: number;
  readonly name: string;
  readonly content: JsonObject;
  readonly audit: AuditEntry;
}

export interface DocumentRemoval {
  readonly kind: DocumentKind;
  readonly documentId: string;
  /** The version that the caller has read; any when absent. */
  readonly version?: number;
  readonly audit: AuditEntry;
}

export interface DocumentFilter {
  readonly kind: DocumentKind;
  readonly name?: string;
  readonly namePrefix?: string;
}

/** What the API asks of the store about documents; throws as {@link JobStore} does. */
export interface DocumentStore {
  /** `taken`: the owner has one of that name. `duplicate`: the key was used before. */
  create(document: NewDocument): Promise<{ readonly documentId: string } | 'taken' | 'duplicate'>;
  /** By id whoever may reach it; by name only the caller's own. One that has not been deleted. */
  find(access: Access, kind: DocumentKind, idOrName: string): Promise<DocumentRecord | undefined>;
  /** An earlier version of one that has not been deleted. */
  version(
    access: Access,
    which: { readonly kind: DocumentKind; readonly documentId: string; readonly version: number },
  ): Promise<DocumentRecord | undefined>;
  /** Newest first, without those that were deleted. */
  list(
    access: Access,
    filter: DocumentFilter,
    page: PageRequest<string>,
  ): Promise<Page<DocumentRecord>>;
  /** Newest first. */
  versions(
    access: Access,
    which: { readonly kind: DocumentKind; readonly documentId: string },
    page: PageRequest<number>,
  ): Promise<Page<DocumentRecord>>;
  change(
    access: Access,
    change: DocumentChange,
  ): Promise<'changed' | 'taken' | 'stale' | 'missing'>;
  remove(access: Access, removal: DocumentRemoval): Promise<'removed' | 'stale' | 'missing'>;
  /** Those of the owner's names that are there. */
  named(
    owner: string,
    kind: DocumentKind,
    names: readonly string[],
  ): Promise<readonly DocumentRecord[]>;
}
