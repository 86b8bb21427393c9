/** How what happens to a run becomes lines of its journal. */
import type { JsonObject, RunStatus } from '@tenuto/contract';
import type { Owned } from './owned.ts';
import type { Aside, AttemptRow, EventRow } from './ports/store.ts';
import type { InFlight } from './record.ts';
import type { AttemptEnded, Round, RunEvent } from './run/index.ts';

/** What goes into an attempt's row besides its event. */
export interface EndedExtra {
  readonly asides?: readonly Aside[] | undefined;
  /** JSON text of the output, or the hash of one that is stored apart. */
  readonly output?: string;
  readonly outputRef?: Uint8Array;
  readonly call?: InFlight | undefined;
  /** Who has brought the event about, and why. */
  readonly said?: { readonly actor: string; readonly reason?: string };
}

/** What applying an event has shown. */
export interface Applied {
  /** What the attempt that has ended was made for, if it was not the node's first round. */
  readonly round: Round | undefined;
  readonly asides: readonly Aside[] | undefined;
  /** The run's status before. */
  readonly before: RunStatus;
}

/** Writes an event down, unless it follows from others. */
export function journalEvent(
  owned: Owned,
  event: RunEvent,
  extra: EndedExtra,
  applied: Applied,
): void {
  if (event.type === 'begin' || event.type === 'due') return;
  const asides = joined(applied.asides, extra.asides);
  const { status, phase } = owned.run;
  const changed = status !== applied.before;
  if (event.type === 'ended') {
    owned.seq += 1;
    const row = attemptRow(owned, event, extra, applied.round);
    owned.journal.append({ kind: 'attempt', run: owned, row, call: extra.call, asides });
    // An end is told by the run's own row.
    if (!changed || phase === 'over') return;
    const body = { from: applied.before, to: status };
    journalNote(owned, { type: 'transition', at: event.at, body });
    return;
  }
  const { type, at, ...body } = event;
  const told = { ...asJson(body), ...extra.said, ...(changed && { to: status }) };
  journalNote(owned, { type, at, body: told }, { asides, call: extra.call });
}

/** Events are made of JSON alone. */
function asJson(body: object): JsonObject {
  return { ...body };
}

function joined(
  some: readonly Aside[] | undefined,
  others: readonly Aside[] | undefined,
): readonly Aside[] | undefined {
  if (some === undefined || others === undefined) return some ?? others;
  return [...others, ...some];
}

/** Writes down what is no attempt's end. */
export function journalNote(
  owned: Owned,
  what: Pick<EventRow, 'type' | 'at' | 'body'>,
  extra: Pick<EndedExtra, 'asides' | 'call'> = {},
): void {
  owned.seq += 1;
  const row = { runId: owned.id, seq: owned.seq, ...what };
  const { asides, call } = extra;
  owned.journal.append({ kind: 'event', run: owned, row, call, asides });
}

function attemptRow(
  owned: Owned,
  event: AttemptEnded,
  extra: EndedExtra,
  round: Round | undefined,
): AttemptRow {
  return {
    runId: owned.id,
    seq: owned.seq,
    node: event.node,
    attempt: event.attempt,
    generation: round?.generation ?? 0,
    kind: round?.kind ?? 'work',
    status: event.status,
    output: extra.output,
    outputRef: extra.outputRef,
    error: event.error && JSON.stringify(event.error),
    startedAt: event.startedAt,
    endedAt: event.at,
    retryAt: event.retryAt,
    recovery: event.recovery && JSON.stringify(event.recovery),
    promoted: false,
  };
}
