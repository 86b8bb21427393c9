import type { AuditEntry } from './engine-api.ts';
import type { Page, PageRequest } from './job-store.ts';

/** What a principal may have; null is no limit. */
export interface QuotaLimits {
  readonly runsPerDay: number | null;
  readonly concurrentRuns: number | null;
  readonly storageBytes: number | null;
  readonly eventsPerMinute: number | null;
  /** In nano-USD; what a call that would pass them does is wait for a person. */
  readonly nanoUsdPerDay: number | null;
  readonly nanoUsdPerMonth: number | null;
}

export interface QuotaRecord extends QuotaLimits {
  /** `*` is for everybody who has no quota of their own. */
  readonly principal: string;
  readonly updatedAt: number;
  readonly updatedBy: string;
  readonly version: number;
}

export interface QuotaUsage {
  readonly runsToday: number;
  readonly concurrentRuns: number;
  readonly storageBytes: number;
}

export interface QuotaChange {
  readonly principal: string;
  /** The version that the caller has read; any, or none, when absent. */
  readonly version?: number;
  readonly audit: AuditEntry;
}

/** Why a run is not accepted. */
export type RunsRefused = 'runs_per_day' | 'concurrent_runs';

export interface QuotaStore {
  /** By name. */
  list(page: PageRequest<string>): Promise<Page<QuotaRecord>>;
  find(principal: string): Promise<QuotaRecord | undefined>;
  put(
    change: QuotaChange & { readonly limits: QuotaLimits },
  ): Promise<'made' | 'changed' | 'stale'>;
  remove(change: QuotaChange): Promise<'removed' | 'stale' | 'missing'>;
  usage(principal: string): Promise<QuotaUsage>;
  storage(principal: string): Promise<number>;
  /**
   * Makes a run of a principal when there is room for it: one after the other, in all servers.
   * @param make makes it, durably, and says whether it is a new one
   * @throws what `make` throws, and OrchestrationError `overloaded` when others take too long
   */
  admit(
    principal: string,
    limits: QuotaLimits,
    make: () => Promise<boolean>,
  ): Promise<RunsRefused | undefined>;
}
