import type { AttemptStatus, Json } from '@tenuto/contract';
import type { Wait } from '../ports/action-runner.ts';
import type { OpenSession, RecoveryStep } from './recovery-step.ts';
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
  /**
   * The delay before a retry is over; with `until`, it goes on until then. Not journaled: it follows
   * from `retryAt`.
   */
  | {
      readonly type: 'due';
      readonly at: number;
      readonly node: number;
      readonly until?: number;
    }
  /** Nothing starts until the run is resumed. */
  | { readonly type: 'pause'; readonly at: number }
  | { readonly type: 'resume'; readonly at: number }
  /** A message to the run, for the first node that waits for one of that name. */
  | {
      readonly type: 'signal';
      readonly at: number;
      readonly name: string;
      readonly payload: Json;
    }
  /** A node that waits for its next attempt does not get one. */
  | { readonly type: 'give_up'; readonly at: number; readonly node: number }
  | RecoverEvent
  | StopEvent;

/** A recovery that no attempt's end has brought about: by hand, by a decision, or of the whole run. */
/** A node that goes on where it was cut off; `decided` as in {@link RecoveryStep}. */
export interface Onward {
  readonly node: number;
  readonly decided?: boolean;
}

export interface RecoverEvent {
  readonly type: 'recover';
  readonly at: number;
  readonly step: RecoveryStep;
  /** The node that it is about; absent, the run. */
  readonly node?: number;
  /** What a run that is over does again; `failed` unless said. */
  readonly from?: 'failed' | 'start' | 'node';
  /** With `node`: more of which, and of all after them, the same is done. */
  readonly also?: readonly number[];
  /** Of what failed: nodes that go on in their generation. */
  readonly onward?: readonly Onward[];
  /** Attempts that were going on, as in a stop. */
  readonly running: readonly { readonly node: number; readonly attempt: number }[];
}

/** The rest of the run is given up: cancelled, out of time, or failed fast. */
export interface StopEvent {
  readonly type: 'stop';
  readonly at: number;
  readonly status: 'cancelled' | 'timeout' | 'failed' | 'aborted';
  /** Whether running attempts may still end by themselves for a while. */
  readonly grace: boolean;
  /** Attempts that were going on: a journal knows of an attempt only once it has ended. */
  readonly running: readonly { readonly node: number; readonly attempt: number }[];
  readonly reason?: string;
  /** The recovery that ends the run, and what the run was before. */
  readonly step?: RecoveryStep;
  readonly before?: string;
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
  /** What is done about the failure of a last attempt; absent, the node has failed. */
  readonly recovery?: RecoveryStep;
}

/** What must happen outside because of an event. Starts are asked for apart, by `nextStart`. */
export type Effect =
  | { readonly type: 'timer'; readonly node: number; readonly at: number }
  | { readonly type: 'abort'; readonly node: number; readonly grace: boolean }
  /** A run that a node of this one started and waited for is not wanted any more. */
  | { readonly type: 'cancelRun'; readonly runId: string }
  /** A person is asked about a node (or, `RUN`, about the run). */
  | { readonly type: 'ask'; readonly node: number; readonly step: RecoveryStep }
  /** Nobody needs to answer any more. */
  | { readonly type: 'unask'; readonly intervention: string }
  /** The run is given back to the queue once nothing of it is going on. */
  | { readonly type: 'requeue' }
  | { readonly type: 'recoveryBegan'; readonly node: number; readonly session: OpenSession }
  | {
      readonly type: 'recoveryEnded';
      readonly node: number;
      readonly session: OpenSession;
      readonly outcome: 'completed' | 'failed' | 'cancelled';
      /** The status of the node or run now. */
      readonly after: string;
      /** Nodes that were to be undone and are not. */
      readonly remaining?: readonly number[];
    }
  | { readonly type: 'finish' };
