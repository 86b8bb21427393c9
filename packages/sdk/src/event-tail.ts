import type { EventView } from '@tenuto/contract';
import { ProtocolError } from './errors.ts';
import { eventShape } from './event-shapes.ts';
import type { CallOptions } from './reading.ts';
import { createPatience, eventsOf, isFinal, openEvents } from './server-events.ts';
import { fields, text } from './shape.ts';
import type { TransportOptions } from './transport.ts';

export interface TailQuery {
  /** A topic, or a pattern of them. */
  readonly topic?: string;
  /** CEL over `event`: only what it lets through. */
  readonly filter?: string;
  /** Goes on behind this event; absent, with what is published from now on. */
  readonly after?: string;
}

export interface TailOptions extends CallOptions {
  /** Called when the server cannot be reached, or has broken off; it is tried again. */
  readonly onAway?: (error: Error) => void;
  /** Called whenever a stream has been opened. */
  readonly onOpen?: () => void;
  /** Called when events were given up that had not been told: what is kept begins at this time. */
  readonly onGap?: (keptFrom: string) => void;
}

/** Reads a stream of server-sent events, and comes back behind the last one when it ends. */
export async function* tailEvents(
  transport: TransportOptions,
  path: string,
  { topic, filter, after }: TailQuery = {},
  { signal, onAway, onOpen, onGap }: TailOptions = {},
): AsyncGenerator<EventView, void> {
  const query = queryOf({ topic, filter });
  let last = after;
  const patience = createPatience(transport);
  for (;;) {
    let broke: unknown;
    try {
      const body = await openEvents(transport, path + query, { last, signal });
      if (body === undefined) return;
      onOpen?.();
      for await (const message of eventsOf(body)) {
        last = message.id ?? last;
        patience.heard();
        if (message.event === 'gap') onGap?.(keptFromIn(message.data));
        if (message.event === undefined && message.data !== undefined) yield eventIn(message.data);
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

function queryOf(given: Readonly<Record<string, string | undefined>>): string {
  const written = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return written.length === 0 ? '' : `?${written.join('&')}`;
}

const gapShape = fields({ kept_from: text });

function keptFromIn(data: string | undefined): string {
  const value = parsed(data ?? '');
  if (gapShape(value)) return value.kept_from;
  throw foreign();
}

function eventIn(data: string): EventView {
  const value = parsed(data);
  if (eventShape(value)) return value;
  throw foreign();
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function foreign(): ProtocolError {
  return new ProtocolError('An event of the stream has another form than this client knows.');
}
