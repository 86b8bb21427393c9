import type { ApprovalRecord } from './approval-store.ts';
import type { Access } from './job-store.ts';
import type { InterventionRecord } from './recovery-store.ts';

/** Who asks what waits. */
export interface NeedsQuery {
  /** The name that decides. */
  readonly who: string;
  /** Whether they may decide at all; nothing is theirs otherwise. */
  readonly mayDecide: boolean;
  /** So many of each kind. */
  readonly limit: number;
}

/** What waits: theirs before others', what decides by itself first, then the oldest. */
export interface Needed<Item> {
  readonly items: readonly (Item & { readonly mine: boolean })[];
  /** All of them, up to a bound. */
  readonly total: number;
  readonly mine: number;
}

/** The name of the run that waits for it; null when that is gone. */
interface OfRun {
  readonly runName: string | null;
}

/** A run of a profile that waits to be told to go on; times in milliseconds since the epoch. */
export interface WaitingRunRecord {
  readonly runId: string;
  readonly name: string;
  readonly profile: string;
  readonly startedAt: number | null;
  readonly phases: readonly { readonly id: string; readonly name: string }[];
}

/** What cannot go on until somebody decides, each kind in one statement. Throws as {@link JobStore} does. */
export interface NeedsStore {
  interventions(access: Access, query: NeedsQuery): Promise<Needed<InterventionRecord & OfRun>>;
  /** What is asked about runs that are reached, and what is asked of this name. */
  approvals(access: Access, query: NeedsQuery): Promise<Needed<ApprovalRecord & OfRun>>;
  phases(access: Access, query: NeedsQuery): Promise<Needed<WaitingRunRecord>>;
}
