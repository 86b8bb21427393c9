import type { RunFeedEntry, RunProgressView, StreamClose } from '@tenuto/contract';
import { ApiError, ProtocolError, readProblem } from './errors.ts';
import type { CallOptions } from './reading.ts';
import { closeShape, entryOf, isKnown, numberOf, progressShape } from './run-feed-shapes.ts';
import {
  createPatience,
  eventsOf,
  isFinal,
  openEvents,
  type ServerEvent,
} from './server-events.ts';
import type { TransportOptions } from './transport.ts';

export interface FollowOptions extends CallOptions {
  /** Goes on behind the entry of this number; absent, the run is told from its beginning. */
  readonly after?: number;
  /** Called when the server cannot be reached, or has broken off; it is tried again. */
  readonly onAway?: (error: Error) => void;
}

/** An entry of the feed, or how far the run is between two of them. */
export type RunFollowed = RunFeedEntry | RunProgressView;

/**
 * The feed of a run to its end: each entry once and in order, also when servers go down meanwhile.
 */
export async function* followRun(
  transport: TransportOptions,
  path: string,
  { after = 0, signal, onAway }: FollowOptions = {},
): AsyncGenerator<RunFollowed, void> {
  let last = after;
  const patience = createPatience(transport);
  for (;;) {
    let broke: unknown;
    try {
      const at = last === 0 ? undefined : String(last);
      const body = await openEvents(transport, path, { last: at, signal });
      if (body === undefined) return;
      for await (const event of eventsOf(body)) {
        patience.heard();
        const { seq, told, close } = read(event, last);
        last = seq;
        if (told !== undefined) yield told;
        if (close !== undefined && isOver(close, path)) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (isFinal(error)) throw error;
      broke = error;
      onAway?.(error instanceof Error ? error : new Error(String(error)));
    }
    await patience.wait(broke, signal);
  }
}

interface Read {
  /** Number of the last entry by now. */
  readonly seq: number;
  readonly told?: RunFollowed;
  readonly close?: StreamClose;
}

/** What one event says to who has seen all entries up to a number. */
function read({ event, data }: ServerEvent, last: number): Read {
  if (data === undefined) return { seq: last };
  const value = parsed(data);
  if (event === 'progress' && progressShape(value)) return { seq: last, told: value };
  if (event === 'close' && closeShape(value)) return { seq: last, close: value };
  if (event !== undefined) return { seq: last };
  const numbered = numberOf(value);
  if (numbered === undefined) throw foreign();
  const { seq, type } = numbered;
  if (seq <= last) return { seq: last };
  if (seq > last + 1) throw new ProtocolError(`Behind entry ${last} the server has told ${seq}.`);
  // A newer server may tell of more than this client knows.
  if (!isKnown(type)) return { seq };
  const told = entryOf(type, value);
  if (told === undefined) throw foreign();
  return { seq, told };
}

/** @throws ApiError when the server has closed the stream for a reason that coming back does not mend */
function isOver({ reason, reconnect }: StreamClose, path: string): boolean {
  if (reconnect) return false;
  if (reason === 'ended') return true;
  if (reason === 'reset') {
    throw new ProtocolError('The feed of the run was made anew; follow it from its beginning.');
  }
  const [status, title] = reason === 'unauthorized' ? [401, 'Unauthorized'] : [404, 'Not Found'];
  const detail =
    status === 401 ? 'The credentials do not hold any more.' : `There is nothing at ${path}.`;
  throw new ApiError(readProblem(status, { title, detail }));
}

function foreign(): ProtocolError {
  return new ProtocolError('An entry of the feed has another form than this client knows.');
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw foreign();
  }
}
