import type { RunStatus } from '@tenuto/contract';
import type { Journal } from './journal.ts';
import type { Mask } from './mask.ts';
import type { ActionOutcome } from './ports/action-runner.ts';
import type { CircuitKey } from './ports/circuit-store.ts';
import type { RunId } from './ports/store.ts';
import type { InFlight, Journaled, JournalRecord } from './record.ts';
import type { RunState } from './run/index.ts';

/** The circuit that has let an attempt go, maybe to try the target. */
export interface Guard {
  readonly circuit: CircuitKey;
  readonly probe: boolean;
}

/** An attempt of an owned run, from the intent to start it until its end is journaled. */
export interface Call extends InFlight {
  readonly owned: Owned;
  /** `intent` until its start is committed. */
  state: 'intent' | 'running' | 'ended';
  /** Counts against the engine's slots. */
  holdsSlot: boolean;
  /** Why it was told to abort; decides on what its end is called. */
  aborted: 'cancelled' | 'timeout' | 'silent' | 'lost' | undefined;
  /** It stands in the ledger of effects. */
  effect: boolean;
  /** It has said nothing since it was last looked at; see heartbeat_seconds. */
  silent: boolean;
  cancelWatch: (() => void) | undefined;
  /** The circuit that has let it go. */
  guard: Guard | undefined;
  controller: AbortController | undefined;
  cancelTimer: (() => void) | undefined;
  logSeq: number;
  logBytes: number;
  /** Hides the secrets that it was given. */
  mask: Mask | undefined;
}

/** A run that this engine owns, with what it needs besides the run's own state. */
export interface Owned extends Journaled {
  readonly run: RunState;
  /** The lane that all its records go through. */
  readonly journal: Journal;
  /** Number of the last journal entry. */
  seq: number;
  /** What its row says it is; the state in memory may be ahead of it. */
  status: RunStatus;
  /** The last inbox item that was looked at. */
  inboxSeq: number;
  /** Its row is in the database: from the commit of the submit on. */
  stored: boolean;
  /** Not this engine's any more: whatever still happens to it here changes nothing. */
  dropped: boolean;
  /** Its finish or release is on its way into the journal. */
  leaving: boolean;
  /** It is given back to the queue as soon as nothing of it is going on. */
  requeued: boolean;
  /** It was claimed anew before its release had been heard to be committed. */
  claimedAgain: boolean;
  readonly calls: Map<number, Call>;
  readonly timers: Map<number, () => void>;
  readonly startedAt: number;
  /** When it came into memory (monotonic). */
  arrivedAt: number;
  /** Time with nothing to do but wait, in ms, and since when it is so now. */
  idleMs: number;
  idleSince: number | undefined;
  /** When its progress was last written (monotonic), and up to which journal entry. */
  progressAt: number;
  progressSeq: number;
  /** When its journal was last seen to have grown (monotonic), and to which entry. */
  movedAt: number;
  movedSeq: number;
}

export function createOwned(parts: {
  readonly id: RunId;
  readonly run: RunState;
  readonly journal: Journal;
  readonly startedAt: number;
  readonly status?: RunStatus;
  readonly seq?: number;
  readonly inboxSeq?: number;
  readonly stored?: boolean;
  readonly idleMs?: number;
}): Owned {
  return {
    id: parts.id,
    run: parts.run,
    journal: parts.journal,
    queue: [] as JournalRecord[],
    seq: parts.seq ?? 0,
    status: parts.status ?? 'running',
    inboxSeq: parts.inboxSeq ?? 0,
    stored: parts.stored ?? false,
    dropped: false,
    leaving: false,
    requeued: false,
    claimedAgain: false,
    calls: new Map(),
    timers: new Map(),
    startedAt: parts.startedAt,
    arrivedAt: 0,
    idleMs: parts.idleMs ?? 0,
    idleSince: undefined,
    progressAt: 0,
    progressSeq: 0,
    movedAt: 0,
    movedSeq: -1,
  };
}

export function createCall(owned: Owned, node: number, attempt: number): Call {
  return {
    owned,
    node,
    attempt,
    state: 'intent',
    holdsSlot: false,
    startedAt: 0,
    promoted: false,
    ended: false,
    settled: false,
    aborted: undefined,
    effect: false,
    silent: true,
    cancelWatch: undefined,
    guard: undefined,
    controller: undefined,
    cancelTimer: undefined,
    logSeq: 0,
    logBytes: 0,
    mask: undefined,
  };
}

export type FinalOutcome = Exclude<ActionOutcome, { status: 'waiting' }>;
