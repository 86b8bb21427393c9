import type { Json, JsonObject, NodeStatus, RunStatus } from '@tenuto/contract';
import type { Plan } from '../plan/plan.ts';

/** What a run was given besides its graph; kept with the run, read back on restore. */
export interface RunInput {
  /** `params` in expressions (the request's `execution_context`). */
  readonly params: JsonObject;
  readonly maxConcurrentNodes: number;
  readonly failFast: boolean;
  /** Milliseconds in `running`; time spent waiting for a signal or a durable sleep not counted. */
  readonly timeoutMs: number;
  /** Wall time in milliseconds since the epoch by which the run must have ended. */
  readonly deadlineAt?: number;
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
  readonly idempotency?: { readonly key: string; readonly requestHash: Uint8Array };
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
  readonly error?: { readonly type: string; readonly message: string };
  readonly output?: Json;
  /** Until when (ms since the epoch) or for which run a waiting node waits. */
  readonly waitingFor?: { readonly until: number } | { readonly runId: string };
}

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
  nodeCount(): number;
  node(index: number): NodeView;
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
