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
 * | refused when it was sent before     | `lost`: whether the first copy is committed is not known |
 * | fenced, or history is missing       | `lost`: nothing more is written                        |
 */
import { batchOf, takeTurns } from './batch.ts';
import { failpoint } from './failpoint.ts';
import type { Clock } from './ports/clock.ts';
import type { FlushResult, Lane } from './ports/store.ts';
import { StoreFault } from './ports/store.ts';
import type { Journaled, JournalRecord } from './record.ts';
import { createStartLedger, type StartLedger } from './start-ledger.ts';

/** `unclear`: whether the last batch is committed cannot be found out under this epoch. */
export type Lost = 'fenced' | 'gap' | 'unclear';

export interface JournalListener {
  /** The records are durable, in this order. */
  committed(records: readonly JournalRecord[], result: FlushResult): void;
  /** The database refuses what this run writes. Its records are dropped. */
  poisoned(run: Journaled, records: readonly JournalRecord[], fault: StoreFault): void;
  /** The lane is not this engine's any more. */
  lost(outcome: Lost): void;
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

interface State {
  readonly lane: Lane;
  readonly clock: Clock;
  readonly listener: JournalListener;
  readonly ledger: StartLedger;
  /** Runs with records that wait, in the order of their turns. */
  readonly ring: Journaled[];
  /** Promotions belong to no run. */
  readonly system: Journaled;
  /** Number of the last batch that was committed. */
  seq: number;
  waiting: number;
  underway: number;
  running: boolean;
  abandoned: boolean;
}

export function createJournal(lane: Lane, clock: Clock, listener: JournalListener): Journal {
  const state: State = {
    ...{ lane, clock, listener, ledger: createStartLedger(), ring: [] },
    system: { id: { text: '', bytes: new Uint8Array(16) }, queue: [] },
    ...{ seq: 0, waiting: 0, underway: 0, running: false, abandoned: false },
  };
  return {
    append: (record) => append(state, record),
    backlog: () => state.waiting + state.underway,
    promoteStarts() {
      const now = clock.mono();
      const { ledger, system } = state;
      for (let calls = ledger.due(now); calls !== undefined; calls = ledger.due(now)) {
        append(state, { kind: 'promote', run: system, calls });
      }
    },
    forget(run) {
      state.waiting -= run.queue.length;
      run.queue.length = 0;
    },
    abandon: () => abandon(state),
  };
}

function append(state: State, record: JournalRecord): void {
  if (state.abandoned) return;
  const { run } = record;
  if (run.queue.push(record) === 1) state.ring.push(run);
  state.waiting += 1;
  if (state.running) return;
  state.running = true;
  queueMicrotask(() => void flushAll(state));
}

async function flushAll(state: State): Promise<void> {
  while (state.ring.length > 0 && !state.abandoned) {
    const records = takeTurns(state.ring);
    state.waiting -= records.length;
    state.underway = records.length;
    await commit(state, records);
    state.underway = 0;
  }
  state.running = false;
}

async function commit(state: State, records: readonly JournalRecord[]): Promise<void> {
  const { lane, clock, listener, ledger } = state;
  const seq = state.seq + 1;
  let result: FlushResult;
  let unclear = false;
  try {
    const batch = batchOf(records, { seq, floorSeq: ledger.floor(seq) });
    const away = () => {
      unclear = true;
    };
    result = await send(state, { flush: () => lane.flush(batch), away });
  } catch (error) {
    if (state.abandoned) return;
    // An earlier copy may be committed, or be so yet: its number must not be used for anything else.
    if (unclear) lose(state, 'unclear');
    else await commitApart(state, records, refusalOf(error));
    return;
  }
  if (state.abandoned) return;
  if (result.outcome !== 'committed') {
    lose(state, result.outcome);
    return;
  }
  state.seq = seq;
  ledger.committed(seq, clock.mono(), records);
  for (const record of records) if (record.kind === 'promote') ledger.promoted(record.calls);
  failpoint('flush-committed');
  listener.committed(records, result);
}

/** Sends until the batch is settled. Only a refusal gets out. */
async function send(
  state: State,
  { flush, away }: { flush(): Promise<FlushResult>; away(): void },
): Promise<FlushResult> {
  const { clock, listener } = state;
  for (let delay = RESEND_FIRST_MS; ; delay = Math.min(delay * 2, RESEND_MOST_MS)) {
    try {
      failpoint('before-flush');
      const result = await flush();
      if (delay > RESEND_FIRST_MS) listener.troubled(undefined);
      return result;
    } catch (error) {
      const passing = error instanceof StoreFault && error.kind === 'unavailable';
      if (state.abandoned || !passing) throw error;
      away();
      listener.troubled(error);
    }
    await new Promise<void>((resolve) => clock.after(delay, resolve));
  }
}

/** One wrong row must not take its neighbours down: halves the batch, by run. */
async function commitApart(
  state: State,
  records: readonly JournalRecord[],
  fault: StoreFault,
): Promise<void> {
  const runs = [...new Set(records.map((record) => record.run))];
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) {
    for (const record of records) {
      if (record.kind === 'promote') state.ledger.promoted(record.calls, 'refused');
    }
    state.listener.poisoned(only, records, fault);
    return;
  }
  const half = new Set(runs.slice(0, runs.length >> 1));
  await commit(
    state,
    records.filter((record) => half.has(record.run)),
  );
  if (state.abandoned) return;
  await commit(
    state,
    records.filter((record) => !half.has(record.run)),
  );
}

function lose(state: State, outcome: Lost): void {
  abandon(state);
  state.listener.lost(outcome);
}

function abandon(state: State): void {
  state.abandoned = true;
  for (const run of state.ring) run.queue.length = 0;
  state.ring.length = 0;
  state.waiting = 0;
}

/** What is no fault of the store is one of the records: it cannot even be written down. */
function refusalOf(error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  return new StoreFault('rejected', error instanceof Error ? error.message : String(error), error);
}
