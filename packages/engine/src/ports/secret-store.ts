import type { AuditEntry } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';

/** A secret without its value. Times in milliseconds since the epoch. */
export interface SecretRecord {
  readonly secretId: string;
  readonly owner: string;
  readonly name: string;
  readonly description: string | null;
  /** The only hosts that its value may be sent to; null for any. */
  readonly allowedHosts: readonly string[] | null;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface NewSecret {
  readonly secretId: string;
  readonly owner: string;
  readonly name: string;
  readonly sealed: Uint8Array;
  readonly description: string | null;
  readonly allowedHosts: readonly string[] | null;
  readonly idempotency?: { readonly key: string; readonly requestHash: Uint8Array };
  readonly audit: AuditEntry;
}

/** What is not given stays. */
export interface SecretEdit {
  readonly secretId: string;
  /** The version that the caller has read; any when absent. */
  readonly version?: number;
  readonly sealed?: Uint8Array;
  readonly description?: string | null;
  readonly allowedHosts?: readonly string[] | null;
  readonly audit: AuditEntry;
}

export interface SecretRemoval {
  readonly secretId: string;
  readonly version?: number;
  readonly audit: AuditEntry;
}

/** A secret as it is used: sealed for its id. */
export interface SealedSecret {
  readonly secretId: string;
  readonly name: string;
  readonly sealed: Uint8Array;
  readonly allowedHosts: readonly string[] | null;
}

/** What the API asks of the store about secrets; throws as {@link JobStore} does. */
export interface SecretStore {
  /** `taken`: the owner has a secret of that name. `duplicate`: the key was used before. */
  create(secret: NewSecret): Promise<'done' | 'taken' | 'duplicate'>;
  /** By id whoever may reach it; by name only the caller's own. */
  find(access: Access, idOrName: string): Promise<SecretRecord | undefined>;
  /** Newest first. */
  list(access: Access, page: PageRequest<string>): Promise<Page<SecretRecord>>;
  change(access: Access, edit: SecretEdit): Promise<'done' | 'stale' | 'missing'>;
  remove(access: Access, removal: SecretRemoval): Promise<'done' | 'stale' | 'missing'>;
  /** Those of the owner's names that are there, to be opened. */
  sealed(owner: string, names: readonly string[]): Promise<readonly SealedSecret[]>;
  /** Those of the names that are not there. */
  unknown(owner: string, names: readonly string[]): Promise<readonly string[]>;
  /** Some of the secrets of all owners that do not begin with `head`: sealed under another key. */
  sealedOtherwise(head: Uint8Array, most: number): Promise<readonly SealedSecret[]>;
  /** Exchanges what is sealed for the same value sealed anew, unless it has changed meanwhile. */
  reseal(secret: SealedSecret, sealed: Uint8Array): Promise<boolean>;
}
