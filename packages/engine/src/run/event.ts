import type { AttemptStatus, Json } from '@tenuto/contract';
import type { Wait } from '../ports/action-runner.ts';
import type { NodeError } from './state.ts';

/**
 * What happens to a run. Clock and chance come in with the event, so that applying the same events
 * again gives the same run. Times are milliseconds since the epoch.
 */
export type RunEvent =
  /** The run is let go: roots are released. */
  | { readonly type: 'begin'; readonly at: number }
  | AttemptEnded
  /** The attempt has nothing to do until something happens; it holds no slot meanwhile. */
  | {
      readonly type: 'waiting';
      readonly at: number;
      readonly node: number;
      readonly attempt: number;
      readonly wait: Wait;
    }
  /** The delay before a retry is over. Not journaled: it follows from `retryAt`. */
  | { readonly type: 'due'; readonly at: number; readonly node: number }
  | StopEvent;

/** The rest of the run is given up: cancelled, out of time, or failed fast. */
export interface StopEvent {
  readonly type: 'stop';
  readonly at: number;
  readonly status: 'cancelled' | 'timeout' | 'failed';
  /** Whether running attempts may still end by themselves for a while. */
  readonly grace: boolean;
  /** Attempts that were going on: a journal knows of an attempt only once it has ended. */
  readonly running: readonly { readonly node: number; readonly attempt: number }[];
  readonly reason?: string;
}

export interface AttemptEnded {
  readonly type: 'ended';
  readonly at: number;
  readonly node: number;
  readonly attempt: number;
  readonly startedAt: number;
  readonly status: AttemptStatus;
  readonly output?: Json;
  readonly error?: NodeError;
  /** When the next attempt is due; absent when this was the last. */
  readonly retryAt?: number;
}

/** What must happen outside because of an event. Starts are asked for apart, by `nextStart`. */
export type Effect =
  | { readonly type: 'timer'; readonly node: number; readonly at: number }
  | { readonly type: 'abort'; readonly node: number; readonly grace: boolean }
  /** A run that a node of this one started and waited for is not wanted any more. */
  | { readonly type: 'cancelRun'; readonly runId: string }
  | { readonly type: 'finish' };
