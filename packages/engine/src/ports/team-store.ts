import type { AuditEntry } from './engine-api.ts';
import type { Page, PageRequest } from './job-store.ts';

/** Which teams a request may see: those of these names, or all. */
export interface TeamAccess {
  readonly names: readonly string[];
  readonly all: boolean;
}

/** Times are milliseconds since the epoch. */
export interface TeamRecord {
  readonly teamId: string;
  readonly name: string;
  readonly description: string | null;
  readonly members: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
  readonly version: number;
}

export interface NewTeam {
  readonly name: string;
  readonly description: string | null;
  readonly members: readonly string[];
  /** Whose the idempotency key is. */
  readonly maker: string;
  readonly idempotency?: { readonly key: string; readonly requestHash: Uint8Array };
  /** Its subject is the team's id, which is made with the row. */
  readonly audit: AuditEntry;
}

export interface TeamChange {
  readonly teamId: string;
  /** The version that the caller has read. */
  readonly version: number;
  readonly audit: AuditEntry;
}

export interface TeamStore {
  /** `taken`: there is, or was, a team of that name. `duplicate`: the key was used before. */
  create(team: NewTeam): Promise<{ readonly teamId: string } | 'taken' | 'duplicate'>;
  find(access: TeamAccess, teamId: string): Promise<TeamRecord | undefined>;
  /** Newest first. */
  list(access: TeamAccess, page: PageRequest<string>): Promise<Page<TeamRecord>>;
  change(
    change: TeamChange & Pick<NewTeam, 'description' | 'members'>,
  ): Promise<'changed' | 'stale'>;
  remove(removal: TeamChange): Promise<'changed' | 'stale'>;
}
