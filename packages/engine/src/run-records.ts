/** How what happens to a run becomes lines of its journal. */
import type { Owned } from './owned.ts';
import type { AttemptRow, EventRow } from './ports/store.ts';
import type { InFlight } from './record.ts';
import type { AttemptEnded, RunEvent } from './run/index.ts';

/** What goes into an attempt's row besides its event. */
export interface EndedExtra {
  /** JSON text of the output, or the hash of one that is stored apart. */
  readonly output?: string;
  readonly outputRef?: Uint8Array;
  readonly call?: InFlight;
}

/** Writes an event down, unless it follows from others. */
export function journalEvent(owned: Owned, event: RunEvent, extra: EndedExtra): void {
  if (event.type === 'begin' || event.type === 'due') return;
  if (event.type === 'ended') {
    owned.seq += 1;
    const row = attemptRow(owned, event, extra);
    owned.journal.append({ kind: 'attempt', run: owned, row, call: extra.call });
    return;
  }
  const { type, at, ...body } = event;
  journalNote(owned, { type, at, body: { ...body } });
}

/** Writes down what is no attempt's end. */
export function journalNote(owned: Owned, what: Pick<EventRow, 'type' | 'at' | 'body'>): void {
  owned.seq += 1;
  const row = { runId: owned.id, seq: owned.seq, ...what };
  owned.journal.append({ kind: 'event', run: owned, row });
}

function attemptRow(owned: Owned, event: AttemptEnded, extra: EndedExtra): AttemptRow {
  return {
    runId: owned.id,
    seq: owned.seq,
    node: event.node,
    attempt: event.attempt,
    status: event.status,
    output: extra.output,
    outputRef: extra.outputRef,
    error: event.error && JSON.stringify(event.error),
    startedAt: event.startedAt,
    endedAt: event.at,
    retryAt: event.retryAt,
    promoted: false,
  };
}
