import type { Access } from './job-store.ts';
import type { ScheduledTask } from './task-store.ts';

/** A task whose last run that ended has failed. */
export interface FailingTaskRecord {
  readonly taskId: string;
  readonly title: string;
  /** Of those that were looked at. */
  readonly failures: number;
  /** Milliseconds since the epoch. */
  readonly lastFailedAt: number;
}

/** What an overview asks that no list answers. Throws as {@link JobStore} does. */
export interface HomeStore {
  /** Whether there is, or was, any run. */
  hasRuns(access: Access): Promise<boolean>;
  /** Those that failed since some time, in milliseconds; the most failures first. */
  failingTasks(
    access: Access,
    of: { readonly since: number; readonly limit: number },
  ): Promise<{ readonly items: readonly FailingTaskRecord[]; readonly total: number }>;
  /** Tasks that fire next, the first one first. */
  nextTasks(access: Access, limit: number): Promise<readonly ScheduledTask[]>;
}
