/**
 * Group commit. Records gather while a flush is under way; each flush takes what has gathered, is
 * one statement and one commit, and only then do its consequences happen. There is no artificial
 * delay: a record that arrives while nothing is under way is flushed at once.
 *
 * | what happens to a flush             | what the journal does                                  |
 * |-------------------------------------|--------------------------------------------------------|
 * | commits                             | `committed`, next batch                                |
 * | connection lost, reply lost, lock   | sends the same batch again until it is settled         |
 * | refused by the database             | halves the batch until the wrong run is alone, drops it |
 * | fenced, or history is missing       | `lost`: nothing more is written                        |
 */
import { batchOf, takeTurns } from './batch.ts';
import type { Clock } from './ports/clock.ts';
import type { FlushResult, Lane } from './ports/store.ts';
import { StoreFault } from './ports/store.ts';
import type { Journaled, JournalRecord } from './record.ts';
import { createStartLedger } from './start-ledger.ts';

export interface JournalListener {
  /** The records are durable, in this order. */
  committed(records: readonly JournalRecord[], result: FlushResult): void;
  /** The database refuses what this run writes. Its records are dropped. */
  poisoned(run: Journaled, records: readonly JournalRecord[], fault: StoreFault): void;
  /** The lane is not this engine's any more. */
  lost(outcome: 'fenced' | 'gap'): void;
  /** Told at each failure to reach the database, and with undefined once it is reached again. */
  troubled(fault: StoreFault | undefined): void;
}

export interface Journal {
  append(record: JournalRecord): void;
  /** Records that wait for a flush or are in one. */
  backlog(): number;
  /** Gives rows of their own to attempts that have been going on for long. */
  promoteStarts(): void;
  /** Drops what the run still has to say: it is not this engine's any more, or is loaded again. */
  forget(run: Journaled): void;
  /** Writes nothing more; what is gathered is dropped. */
  abandon(): void;
}

const RESEND_FIRST_MS = 20;
const RESEND_MOST_MS = 2_000;

export function createJournal(lane: Lane, clock: Clock, listener: JournalListener): Journal {
  const ring: Journaled[] = [];
  const ledger = createStartLedger();
  /** Promotions belong to no run. */
  const system: Journaled = { id: { text: '', bytes: new Uint8Array(16) }, queue: [] };
  let seq = 0;
  let waiting = 0;
  let underway = 0;
  let running = false;
  let abandoned = false;

  function append(record: JournalRecord): void {
    if (abandoned) return;
    const { run } = record;
    if (run.queue.push(record) === 1) ring.push(run);
    waiting += 1;
    if (running) return;
    running = true;
    queueMicrotask(() => void flushAll());
  }

  async function flushAll(): Promise<void> {
    while (ring.length > 0 && !abandoned) {
      const records = takeTurns(ring);
      waiting -= records.length;
      underway = records.length;
      await commit(records);
      underway = 0;
    }
    running = false;
  }

  async function commit(records: readonly JournalRecord[]): Promise<void> {
    const next = seq + 1;
    let result: FlushResult;
    try {
      const batch = batchOf(records, { seq: next, floorSeq: ledger.floor(next) });
      result = await send(() => lane.flush(batch));
    } catch (error) {
      if (!abandoned) await commitApart(records, refusalOf(error));
      return;
    }
    if (abandoned) return;
    if (result.outcome !== 'committed') {
      abandon();
      listener.lost(result.outcome);
      return;
    }
    seq = next;
    ledger.committed(next, clock.mono(), records);
    for (const record of records) if (record.kind === 'promote') ledger.promoted(record.calls);
    listener.committed(records, result);
  }

  /** Sends until the batch is settled. Only a refusal gets out. */
  async function send(flush: () => Promise<FlushResult>): Promise<FlushResult> {
    for (let delay = RESEND_FIRST_MS; ; delay = Math.min(delay * 2, RESEND_MOST_MS)) {
      try {
        const result = await flush();
        if (delay > RESEND_FIRST_MS) listener.troubled(undefined);
        return result;
      } catch (error) {
        if (abandoned || !(error instanceof StoreFault) || error.kind === 'rejected') throw error;
        listener.troubled(error);
      }
      await new Promise<void>((resolve) => clock.after(delay, resolve));
    }
  }

  /** One wrong row must not take its neighbours down: halves the batch, by run. */
  async function commitApart(records: readonly JournalRecord[], fault: StoreFault): Promise<void> {
    const runs = [...new Set(records.map((record) => record.run))];
    const [only] = runs;
    if (runs.length === 1 && only !== undefined) {
      listener.poisoned(only, records, fault);
      return;
    }
    const half = new Set(runs.slice(0, runs.length >> 1));
    await commit(records.filter((record) => half.has(record.run)));
    if (!abandoned) await commit(records.filter((record) => !half.has(record.run)));
  }

  function abandon(): void {
    abandoned = true;
    for (const run of ring) run.queue.length = 0;
    ring.length = 0;
    waiting = 0;
  }

  return {
    append,
    backlog: () => waiting + underway,
    promoteStarts() {
      const now = clock.mono();
      for (let calls = ledger.due(now); calls !== undefined; calls = ledger.due(now)) {
        append({ kind: 'promote', run: system, calls });
      }
    },
    forget(run) {
      waiting -= run.queue.length;
      run.queue.length = 0;
    },
    abandon,
  };
}

/** What is no fault of the store is one of the records: it cannot even be written down. */
function refusalOf(error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  return new StoreFault('rejected', error instanceof Error ? error.message : String(error), error);
}
