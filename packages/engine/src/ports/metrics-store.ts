import type { Json } from '@tenuto/contract';
import type { TokenUsage } from './call-ledger.ts';
import type { Access } from './job-store.ts';

/** What the calls of one agent in one phase by one model came to. */
export interface CallSums {
  readonly phase: string | null;
  readonly agent: string;
  readonly model: string;
  readonly calls: number;
  readonly usage: TokenUsage;
  readonly costNano: number;
  /** Of the calls together, in milliseconds. */
  readonly durationMs: number;
  /** Calls of which no price was known: they cost nothing here. */
  readonly unpriced: number;
}

/** What the attempts of a node came to. Times in milliseconds since the epoch. */
export interface NodeSums {
  readonly node: number;
  readonly startedAt: number | null;
  readonly endedAt: number;
}

/** The last end of a node that checks gates. */
export interface LastOutput {
  readonly node: number;
  readonly status: string;
  readonly output: Json;
}

/** A run that was made of the same thing and has completed. */
export interface PastRun {
  readonly runId: string;
  readonly planHash: string;
  readonly costs: readonly { readonly phase: string | null; readonly costNano: number }[];
  readonly nodes: readonly NodeSums[];
  readonly durationMs: number | null;
}

/** What is told of a run that its caller may read; throws as {@link JobStore} does. */
/** What calls of a model that ended on a day have cost. */
export interface DaySpending {
  /** `2026-01-15`, in UTC. */
  readonly day: string;
  readonly model: string;
  readonly calls: number;
  readonly costNano: number;
}

export interface MetricsStore {
  calls(runId: string): Promise<readonly CallSums[]>;
  unknownCalls(runId: string): Promise<{ readonly count: number; readonly expectedNano: number }>;
  nodes(runId: string): Promise<readonly NodeSums[]>;
  /** Attempts that did not complete. */
  errors(runId: string): Promise<number>;
  lastOutputs(runId: string, nodes: readonly number[]): Promise<readonly LastOutput[]>;
  /** How many artifacts there are of each phase. */
  artifacts(runId: string): Promise<ReadonlyMap<string, number>>;
  /** What models have cost by day since some time, in milliseconds; by day and model. */
  spending(access: Access, since: number): Promise<readonly DaySpending[]>;
  /** The last completed runs of an owner that were made of a profile or by a task, newest first. */
  pastRuns(of: {
    readonly owner: string;
    readonly profile: string | undefined;
    readonly taskId: string | null;
    readonly before: string;
    readonly most: number;
  }): Promise<readonly PastRun[]>;
}
