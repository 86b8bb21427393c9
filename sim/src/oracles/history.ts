import type { ActionOutcome, Plan } from '@tenuto/engine';
import type { Message } from '../model/inbox.ts';
import type { Tables } from '../model/tables.ts';

/** One attempt as the outside world saw it. Times are virtual milliseconds. */
export interface Effect {
  readonly runId: string;
  readonly nodeId: string;
  /** Its index in the run, once it is known. */
  node: number;
  readonly attempt: number;
  readonly engineId: string;
  /** The process; an engine has several in the course of time. */
  readonly host: string;
  readonly key: string;
  readonly uses: string;
  /** Whose circuit has let it go. */
  readonly target: string | undefined;
  readonly startedAt: number;
  outcome: ActionOutcome | undefined;
  /** When it ended, or was told to. */
  endedAt: number | undefined;
  /** It was told to end, or its process died. */
  over: boolean;
}

/** What the oracles know besides what is in the database. */
export interface History {
  readonly tables: Tables;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly now: () => number;
  /** How wrong an engine may be about the time: as long as it takes to ask. */
  readonly clockErrorMs: number;
  readonly effects: Effect[];
  /** Effects that neither ended nor were told to. */
  readonly underway: Set<Effect>;
  /** Starts that are committed (run, node, attempt), and the number of their commit. */
  readonly durableStarts: Map<string, number>;
  /** Flushes that were committed. */
  commits: number;
  /** Runs that are paused, and the number of the commit since which they are. */
  readonly pausedAt: Map<string, number>;
  /** What each idempotency key stands for, and the key of each purpose. */
  readonly purposes: Map<string, string>;
  readonly keys: Map<string, string>;
  /** Messages that were put into inboxes by clients. */
  readonly told: Message[];
  /** When faults were over, in virtual milliseconds. */
  healedAt: number | undefined;
  /** Runs that a client was told of as stored. */
  readonly accepted: Set<string>;
  /** Runs that were taken up again after their end. */
  readonly reopened: Set<string>;
  readonly cancelAsked: Set<string>;
  /** Runs whose cancel has been consumed by their owner, durably. */
  readonly cancelled: Set<string>;
  /** What is found wrong first ends the simulation. */
  violation: Violation | undefined;
}

export interface Violation {
  readonly rule: string;
  readonly detail: string;
  readonly at: number;
}

export function createHistory(
  parts: Pick<History, 'tables' | 'plans' | 'now' | 'clockErrorMs'>,
): History {
  return {
    ...parts,
    effects: [],
    underway: new Set(),
    durableStarts: new Map(),
    commits: 0,
    pausedAt: new Map(),
    purposes: new Map(),
    keys: new Map(),
    told: [],
    healedAt: undefined,
    accepted: new Set(),
    reopened: new Set(),
    cancelAsked: new Set(),
    cancelled: new Set(),
    violation: undefined,
  };
}

export function violated(history: History, rule: string, detail: string): void {
  history.violation ??= { rule, detail, at: history.now() };
}

export const startKey = (runId: string, node: number, attempt: number) =>
  `${runId}/${node}/${attempt}`;

/** A run's row, live or over. */
export function runRow(tables: Tables, runId: string) {
  return tables.live.get(runId) ?? tables.done.get(runId);
}

export function planOf(history: History, runId: string): Plan | undefined {
  return history.plans.get(runRow(history.tables, runId)?.planHash ?? '');
}
