import type { JournalRecord, Promotion } from './record.ts';

/** After this long an attempt gets a row of its own, and its batch may go. */
export const PROMOTE_AFTER_MS = 5_000;

interface Entry {
  readonly seq: number;
  readonly at: number;
  /** Starts of which nothing else is known for certain. */
  starts: Promotion[];
  /** Rows for its starts are on their way. */
  underway: boolean;
}

/**
 * Which batches of a lane hold the only word of attempts: of those that are going on, and of those
 * whose end is not committed yet. Were such a batch forgotten, a crash would let the number of an
 * attempt be used twice.
 */
export interface StartLedger {
  committed(seq: number, at: number, records: readonly JournalRecord[]): void;
  /** The starts that are old enough to be promoted and have not ended, by batch. */
  due(at: number): readonly Promotion[] | undefined;
  /** Their rows are committed, or (`refused`) are not going to be. */
  promoted(calls: readonly Promotion[], refused?: 'refused'): void;
  /** Batches before this one are not needed. `next` is the number of the next batch. */
  floor(next: number): number;
}

export function createStartLedger(): StartLedger {
  let entries: Entry[] = [];
  let head = 0;
  const underway = new Map<readonly Promotion[], Entry>();

  function dropSettled(): void {
    while (head < entries.length && entries[head]?.starts.length === 0) head += 1;
    if (head > 1_024 && head * 2 > entries.length) {
      entries = entries.slice(head);
      head = 0;
    }
  }

  return {
    committed(seq, at, records) {
      const starts: Promotion[] = [];
      for (const record of records) {
        if (record.kind === 'start') starts.push(record);
        else if ((record.kind === 'attempt' || record.kind === 'event') && record.call) {
          record.call.settled = true;
        }
      }
      if (starts.length > 0) entries.push({ seq, at, starts, underway: false });
    },
    due(at) {
      for (let i = head; i < entries.length; i += 1) {
        const entry = entries[i];
        if (entry === undefined || entry.at + PROMOTE_AFTER_MS > at) break;
        if (entry.underway || entry.starts.length === 0) continue;
        entry.starts = entry.starts.filter(({ call }) => !call.settled);
        const alive = entry.starts.filter(({ call }) => !call.ended);
        if (alive.length === 0) continue;
        entry.underway = true;
        underway.set(alive, entry);
        return alive;
      }
      dropSettled();
      return undefined;
    },
    promoted(calls, refused) {
      const entry = underway.get(calls);
      underway.delete(calls);
      if (entry === undefined) return;
      entry.underway = false;
      if (refused !== undefined) for (const { call } of calls) call.promoted = false;
      entry.starts = entry.starts.filter(({ call }) => !call.settled && !call.promoted);
      dropSettled();
    },
    floor(next) {
      return entries[head]?.seq ?? next;
    },
  };
}
