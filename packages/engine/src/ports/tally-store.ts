import type { RunKind, RunStatus } from '@tenuto/contract';
import type { Access } from './job-store.ts';

/** Runs that ended alike: on one day, in one way, after about as long. */
export interface RunTally {
  /** `2026-01-15`, in UTC. */
  readonly day: string;
  readonly kind: RunKind;
  readonly status: RunStatus;
  /** See `bucketOf`; -1 of runs that never started. */
  readonly bucket: number;
  readonly runs: number;
  /** Of all of them together, in milliseconds. */
  readonly durationMs: number;
  /** When the last of them ended, in milliseconds since the epoch. */
  readonly lastAt: number;
}

/** Runs that ended in one hour, in one way. */
export interface RunHour {
  /** When the hour began, in milliseconds since the epoch. */
  readonly hour: number;
  readonly status: RunStatus;
  readonly runs: number;
}

/** What the API asks of the store about what runs come to; throws as {@link JobStore} does. */
export interface TallyStore {
  /** Of the runs that ended on some day or later; of one task, or of all that the access reaches. */
  tallies(
    access: Access,
    of: { readonly since: string; readonly taskId?: string; readonly kind?: RunKind },
  ): Promise<readonly RunTally[]>;
  /** Of the runs that ended since a time, which is the beginning of an hour; the oldest first. */
  hours(access: Access, since: number): Promise<readonly RunHour[]>;
}
