import type { JsonObject, RunStatus } from '@tenuto/contract';
import type { RunProgress } from './job-store.ts';

/**
 * The feed of a run: entries numbered from 1 on, without gaps, the same for everybody who follows.
 * It is made when somebody follows, and advanced by whoever does: a look reads what is new since the
 * feed's present version, in one snapshot, and an advance holds only if that is still the version.
 */
export interface FeedHead {
  readonly runId: string;
  readonly version: number;
  /** Number of the last entry. */
  readonly last: number;
  readonly state: FeedState;
}

/** What is told so far, as far as the next entries depend on it. */
export interface FeedState {
  /** Of the run's journal, all up to here is told. */
  readonly seq: number;
  readonly status: RunStatus | null;
  /** It was told that the run has begun. */
  readonly begun: boolean;
  /** The run is over, and the last entry says so. */
  readonly ended: boolean;
}

/** A change of the run's status that something tells of. */
export interface FeedChange {
  readonly to: RunStatus;
  /** Where it comes from, if that is said. */
  readonly from?: RunStatus;
  readonly reason?: string | null;
  readonly actor?: string | null;
  /** Of the end that it leads away from. */
  readonly endedAt?: number;
  readonly endReason?: string | null;
}

/** Something new that a source has found. Times are milliseconds since the epoch. */
export interface FeedItem {
  readonly at: number;
  /** Its number in the run's journal. */
  readonly seq?: number;
  /** Which line of which attempt it is. */
  readonly line?: { readonly node: number; readonly attempt: number; readonly seq: number };
  /** By what it is known, when it has no place in an order. */
  readonly key?: string;
  readonly begun?: true;
  readonly change?: FeedChange;
  /** The entry but for its time and the id of its node. */
  readonly entry?: JsonObject;
  /** The node that it is about, by index; -1 or absent, the run. */
  readonly node?: number;
}

/** What one source has, in the order in which it is to be told. */
export interface FeedPart {
  readonly items: readonly FeedItem[];
  /** There is more behind these. */
  readonly more: boolean;
}

/** The run's row, as the same snapshot has it. */
export interface FeedRun {
  readonly runId: string;
  readonly status: RunStatus;
  readonly createdAt: number;
  readonly scheduledAt: number | null;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly over: boolean;
  /** How long it has been over, in milliseconds by the clock of the database. */
  readonly overForMs: number;
  readonly progress: RunProgress | null;
  readonly nodeCount: number;
}

export interface FeedLook {
  readonly head: FeedHead;
  readonly run: FeedRun;
  readonly parts: readonly FeedPart[];
}

/** An entry that gets the next number. */
export interface NewFeedEntry {
  readonly key: string | null;
  /** JSON text, but for the number. */
  readonly text: string;
}

export interface FeedAdvance {
  /** The head that the look has seen. */
  readonly head: FeedHead;
  readonly entries: readonly NewFeedEntry[];
  readonly state: FeedState;
  readonly lines: readonly NonNullable<FeedItem['line']>[];
}

export interface StoredFeedEntry {
  readonly seq: number;
  /** JSON text, but for the number. */
  readonly text: string;
}

export interface RunFeedStore {
  /** Makes the run's feed if there is none, and notes that somebody follows. */
  open(runId: string): Promise<FeedHead>;
  /** What is new; undefined when the run or its feed is gone. */
  look(runId: string): Promise<FeedLook | undefined>;
  /** @returns whether the feed was still as the look has seen it; else nothing is written */
  advance(advance: FeedAdvance): Promise<boolean>;
  /** The entries behind a number, in order. */
  read(runId: string, after: number, limit: number): Promise<readonly StoredFeedEntry[]>;
  /**
   * Gives up feeds of runs that are gone, and of runs that are over and that nobody has followed for
   * so long.
   * @returns how many
   */
  prune(unfollowedMs: number): Promise<number>;
}
