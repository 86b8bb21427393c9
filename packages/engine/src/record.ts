import type { JsonObject } from '@tenuto/contract';
import type {
  Aside,
  AttemptRow,
  AuditRow,
  EventRow,
  InboxRow,
  RunId,
  RunUpdate,
  StartedRow,
  SubmitRow,
} from './ports/store.ts';

/** A run as the journal knows it: records of one run are committed in their order. */
export interface Journaled {
  readonly id: RunId;
  /** Records that wait for a flush, oldest first. */
  readonly queue: JournalRecord[];
}

/** An attempt that is going on, or about to. */
export interface InFlight {
  readonly node: number;
  readonly attempt: number;
  /** Milliseconds since the epoch at which its start was committed; 0 before. */
  startedAt: number;
  /** It has a row in `started`. */
  promoted: boolean;
  /** Its end, or that it waits, has been handed to the journal. */
  ended: boolean;
  /** That is committed, or is no matter of this engine any more. */
  settled: boolean;
}

/** One line for the journal. What follows from it happens after its commit. */
export type JournalRecord =
  | { readonly kind: 'submit'; readonly run: Journaled; readonly row: SubmitRow }
  | {
      readonly kind: 'start';
      readonly run: Journaled;
      readonly call: InFlight;
      readonly asides?: readonly Aside[] | undefined;
    }
  | {
      readonly kind: 'attempt';
      readonly run: Journaled;
      readonly row: AttemptRow;
      readonly call: InFlight | undefined;
      readonly asides?: readonly Aside[] | undefined;
    }
  | {
      readonly kind: 'event';
      readonly run: Journaled;
      readonly row: EventRow;
      /** The attempt that waits from now on. */
      readonly call?: InFlight | undefined;
      readonly asides?: readonly Aside[] | undefined;
    }
  | { readonly kind: 'update'; readonly run: Journaled; readonly row: RunUpdate }
  | {
      readonly kind: 'consumed';
      readonly run: Journaled;
      readonly row: InboxRow;
      /** How many of the records behind it came of the message: they are committed with it. */
      consequences: number;
    }
  | { readonly kind: 'audit'; readonly run: Journaled; readonly row: AuditRow }
  | { readonly kind: 'promote'; readonly run: Journaled; readonly calls: readonly Promotion[] };

export interface Promotion {
  readonly run: Journaled;
  readonly call: InFlight;
}

const ROW_BYTES = 120;
const SUBMIT_BYTES = 1_024;

/** About how many bytes a record adds to a flush. */
export function bytesOf(record: JournalRecord): number {
  switch (record.kind) {
    case 'attempt':
      return ROW_BYTES + (record.row.output?.length ?? 0) + (record.row.error?.length ?? 0);
    case 'start':
      return 22;
    case 'submit':
      return SUBMIT_BYTES + sizeOf(record.row.submission.input.params);
    case 'promote':
      return record.calls.length * 40;
    default:
      return ROW_BYTES;
  }
}

function sizeOf(params: JsonObject): number {
  for (const _name in params) return JSON.stringify(params).length;
  return 0;
}

/** Turns a promotion into rows; attempts that have ended meanwhile need none. */
export function promote(calls: readonly Promotion[], rows: StartedRow[]): void {
  for (const { run, call } of calls) {
    if (call.ended) continue;
    call.promoted = true;
    rows.push({
      runId: run.id,
      node: call.node,
      attempt: call.attempt,
      startedAt: call.startedAt,
    });
  }
}
