import type {
  AttemptKind,
  Budget,
  Json,
  JsonObject,
  NodeStatus,
  NotifyTarget,
  RecoveryRule,
  RunStatus,
} from '@tenuto/contract';
import type { Plan } from '../plan/plan.ts';

/** What a run was given besides its graph; kept with the run, read back on restore. */
/** A key that its sender chose, and the SHA-256 of what is asked for under it. */
export interface Idempotency {
  readonly key: string;
  readonly requestHash: Uint8Array;
}

export interface RunInput {
  /** `params` in expressions (the request's `execution_context`). */
  readonly params: JsonObject;
  readonly maxConcurrentNodes: number;
  readonly failFast: boolean;
  /** Milliseconds in `running`; time spent waiting for a signal or a durable sleep not counted. */
  readonly timeoutMs: number;
  /** Wall time in milliseconds since the epoch by which the run must have ended. */
  readonly deadlineAt?: number;
  /** What is done about failures that retries did not mend; absent, nothing. */
  readonly recovery?: RecoveryRules;
  /** Whom to tell of its end. */
  readonly notify?: RunNotify;
  /** `task` in expressions: of a run that a task has made. */
  readonly task?: JsonObject;
  /** `event` in expressions: of a run that an event has called for. */
  readonly event?: Json;
  /** What its paid calls may cost, and what else they count into. */
  readonly budgets?: RunBudgets;
}

export interface RunBudgets {
  readonly run?: Budget;
  /** By phase. */
  readonly phases?: Readonly<Record<string, Budget>>;
  /** The name of the profile that it was made from. */
  readonly profile?: string;
}

export interface RunNotify {
  /** When it has completed. */
  readonly success?: readonly NotifyTarget[];
  /** When it has failed, run out of time, or was aborted. */
  readonly failure?: readonly NotifyTarget[];
}

/** A recovery policy with everything filled in. */
export interface RecoveryRules {
  readonly rules: readonly RecoveryRule[];
  /** Without progress for so many milliseconds the run has stalled. */
  readonly stallLimitMs?: number;
}

/** The audit row that is written in the transaction of the change it speaks of. */
export interface AuditEntry {
  readonly actor: string;
  /** `{resource}.{verb}`: `job.created`. */
  readonly action: string;
  readonly subject: string;
  readonly details: JsonObject;
  readonly requestId?: string;
}

export interface Submission {
  readonly plan: Plan;
  readonly input: RunInput;
  readonly owner: string;
  readonly triggeredBy: string;
  readonly name: string;
  readonly jobType: string;
  readonly kind: 'job' | 'phased' | 'task';
  /** 1 is the highest, 10 the lowest. */
  readonly priority: number;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly metadata?: JsonObject;
  readonly parentRun?: string;
  /** Milliseconds since the epoch before which the run does not start. */
  readonly scheduledAt?: number;
  readonly idempotency?: Idempotency;
  readonly audit?: AuditEntry;
}

/** `duplicate`: the idempotency key was used before; the caller reads who won. */
export type SubmitResult =
  | { readonly runId: string; readonly status: RunStatus; readonly duplicate: false }
  | { readonly duplicate: true };

export interface NodeView {
  readonly index: number;
  readonly id: string;
  readonly status: NodeStatus;
  readonly attempts: number;
  /** How often it was begun anew, by a recovery or by hand. */
  readonly generation: number;
  /** What its present or last attempt is for. */
  readonly kind: AttemptKind;
  readonly error?: { readonly type: string; readonly message: string };
  readonly output?: Json;
  readonly waitingFor?: WaitView;
}

/** What a waiting node waits for; times in milliseconds since the epoch. */
export type WaitView =
  | { readonly until: number; readonly retry: boolean }
  | { readonly runId: string }
  | { readonly signal: string; readonly until?: number }
  | { readonly topic: string; readonly until?: number }
  | { readonly intervention: string }
  | { readonly approval: string }
  | { readonly circuit: string; readonly until?: number };

export interface RunCounts {
  readonly pending: number;
  readonly running: number;
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A run as its owner holds it in memory. */
export interface LiveRun {
  readonly runId: string;
  readonly status: RunStatus;
  readonly counts: RunCounts;
  readonly currentNodes: readonly string[];
  /** Attempts beyond the first of each node. */
  readonly retries: number;
  readonly paused: boolean;
  /** Number of the last line of its journal, which may not be committed yet; unless replayed. */
  readonly seq?: number | undefined;
  /** The compensation that is under way: how many nodes are undone, and how many are left. */
  readonly undoing?:
    | { readonly session: string; readonly done: number; readonly left: number }
    | undefined;
  nodeCount(): number;
  /** A node by its place among those that are shown. */
  node(position: number): NodeView;
  /** The id of a node by its index, given up ones included. */
  idOf(index: number): string;
  /** How all nodes stand, by index, as they are now. */
  states(): NodeStates;
  /** The node of the plan that an instance is a copy of; a plan's own node is itself. */
  patternOf(index: number): number;
  /** Since and until when a node waits, in milliseconds since the epoch; undefined if it does not. */
  waitOf(
    index: number,
  ): { readonly since: number; readonly until?: number | undefined } | undefined;
}

export interface NodeStates {
  /** Positions in GRAPH_STATES, or 255 for what does not run itself. */
  readonly states: Uint8Array;
  /** How many attempts of each have begun. */
  readonly attempts: Uint16Array;
}

/** The public face of an engine inside its process. */
export interface Engine {
  readonly id: string;
  start(): Promise<void>;
  /** Stops claiming, lets running attempts end for up to `drainMs`, hands the rest back. */
  stop(drainMs: number): Promise<void>;
  /**
   * Stores the run durably, and starts it here when there is room.
   * @throws OrchestrationError `overloaded` when the journal cannot keep up, `store_unavailable`
   *   when the database is away: the run then may or may not exist (use an idempotency key).
   */
  submit(submission: Submission): Promise<SubmitResult>;
  /** The run as it is in memory, when this engine owns it. */
  live(runId: string): LiveRun | undefined;
  /** Says that there are new runs to claim; polling finds them too, only later. */
  runsWait(): void;
  /** Says that the run's inbox has something new; polling finds it too, only later. */
  poke(runId: string): void;
  /** Resolves when the run has ended durably in this engine, or after `timeoutMs`. */
  ended(runId: string, timeoutMs: number): Promise<boolean>;
  health(): EngineHealth;
}

export interface EngineHealth {
  readonly status: 'starting' | 'running' | 'degraded' | 'stopping' | 'stopped';
  readonly ownedRuns: number;
  readonly runningNodes: number;
  readonly journalBacklogRows: number;
  readonly detail?: string;
}
