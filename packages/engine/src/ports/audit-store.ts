import type { AuditFinding, JsonObject } from '@tenuto/contract';
import type { Page, PageRequest } from './job-store.ts';

/** Whose audit rows a request may see: those of one actor, or all. */
export interface AuditAccess {
  readonly actor: string;
  readonly all: boolean;
}

/** Times are milliseconds since the epoch. */
export interface AuditFilter {
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly from?: number;
  readonly before?: number;
}

export interface AuditRecord {
  readonly auditId: string;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: JsonObject;
  readonly requestId: string | null;
}

/** Where the looking at the chain has come to; the first seal follows on {@link GENESIS}. */
export interface SealPlace {
  readonly sealNo: number;
  readonly toPosition: string;
  readonly toId: string;
  /** As hex. */
  readonly hash: string;
}

/** What the first seal follows on. */
export const GENESIS: SealPlace = {
  sealNo: 0,
  toPosition: '-1',
  toId: '00000000-0000-0000-0000-000000000000',
  hash: '0'.repeat(64),
};

/** A stretch of the chain that was looked at. */
export interface SealedStretch {
  /** Seals looked at; none when the chain ends. */
  readonly seals: number;
  readonly rows: number;
  readonly last: SealPlace;
  readonly findings: readonly AuditFinding[];
  readonly findingsTotal: number;
}

export interface AuditStore {
  /** Newest first. */
  list(
    access: AuditAccess,
    filter: AuditFilter,
    page: PageRequest<string>,
  ): Promise<Page<AuditRecord>>;
  /** Some rows behind one, oldest first. */
  rows(
    access: AuditAccess,
    filter: AuditFilter,
    place: { readonly after?: string; readonly limit: number },
  ): Promise<readonly AuditRecord[]>;
  /** Looks at the next seals behind a place. */
  verify(after: SealPlace): Promise<SealedStretch>;
  /** The hash of a seal, as hex; undefined when there is none of that number. */
  sealHash(sealNo: number): Promise<string | undefined>;
  /** Rows behind a place, counted up to some thousand. */
  unsealed(after: SealPlace): Promise<number>;
}

/** Seals the audit; of several at once one seals. */
export interface SealStore {
  /**
   * Seals what is committed and not sealed yet, oldest first.
   * @param most rows of the seal
   * @returns how many there were, and the seal as `number:hash`; undefined when another one seals
   */
  seal(most: number): Promise<{ readonly rows: number; readonly head: string } | undefined>;
}
