import type { RunInput } from '../ports/engine-api.ts';
import type { RunEvent } from './event.ts';
import type { RunFacts } from './state.ts';

/** One line of a run's journal, in the order of its `seq`. */
export interface JournalEntry {
  readonly seq: number;
  readonly event: Exclude<RunEvent, { type: 'begin' | 'due' }>;
}

/** An attempt that was started and of whose end nothing is known. */
export interface StartedAttempt {
  readonly node: number;
  readonly attempt: number;
  readonly startedAt: number;
}

/** What the store knows of a run: enough to rebuild it. */
export interface RunJournal {
  readonly runId: string;
  readonly facts: RunFacts;
  readonly input: RunInput;
  /** When the run was let go, in milliseconds since the epoch; absent while it has not begun. */
  readonly startedAt?: number;
  readonly entries: readonly JournalEntry[];
  readonly started: readonly StartedAttempt[];
}
