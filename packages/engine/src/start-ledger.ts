import type { JournalRecord, Promotion } from './record.ts';

/** After this long an attempt gets a row of its own, and its batch may go. */
export const PROMOTE_AFTER_MS = 5_000;

interface Entry {
  readonly seq: number;
  readonly at: number;
  readonly starts: Promotion[];
  /** Every start of the batch has ended, or its row in `started` is committed. */
  settled: boolean;
}

/** Which batches of a lane hold the only word of attempts that are still going on. */
export interface StartLedger {
  committed(seq: number, at: number, records: readonly JournalRecord[]): void;
  /** The starts that are old enough to be promoted and have not ended, by batch. */
  due(at: number): readonly Promotion[] | undefined;
  promoted(calls: readonly Promotion[]): void;
  /** Batches before this one are not needed. `next` is the number of the next batch. */
  floor(next: number): number;
}

export function createStartLedger(): StartLedger {
  let entries: Entry[] = [];
  let head = 0;
  const underway = new Map<readonly Promotion[], Entry>();

  function dropSettled(): void {
    while (head < entries.length && entries[head]?.settled === true) head += 1;
    if (head > 1_024 && head * 2 > entries.length) {
      entries = entries.slice(head);
      head = 0;
    }
  }

  return {
    committed(seq, at, records) {
      const starts: Promotion[] = [];
      for (const record of records) if (record.kind === 'start') starts.push(record);
      if (starts.length > 0) entries.push({ seq, at, starts, settled: false });
    },
    due(at) {
      for (let i = head; i < entries.length; i += 1) {
        const entry = entries[i];
        if (entry === undefined || entry.at + PROMOTE_AFTER_MS > at) break;
        if (entry.settled || entry.starts.length === 0) continue;
        const alive = entry.starts.filter(({ call }) => !call.ended);
        entry.starts.length = 0;
        if (alive.length > 0) {
          underway.set(alive, entry);
          return alive;
        }
        entry.settled = true;
      }
      dropSettled();
      return undefined;
    },
    promoted(calls) {
      const entry = underway.get(calls);
      if (entry !== undefined) entry.settled = true;
      underway.delete(calls);
      dropSettled();
    },
    floor(next) {
      return entries[head]?.seq ?? next;
    },
  };
}
