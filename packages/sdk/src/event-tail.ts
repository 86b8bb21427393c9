import type { EventView } from '@tenuto/contract';
import { ProtocolError } from './errors.ts';
import { eventShape } from './event-shapes.ts';
import type { CallOptions } from './reading.ts';
import { eventsOf, FIRST_DELAY_MS, isFinal, LAST_DELAY_MS, openEvents } from './server-events.ts';
import type { TransportOptions } from './transport.ts';

export interface TailQuery {
  /** A topic, or a pattern of them. */
  readonly topic?: string;
  /** Goes on behind this event; absent, with what is published from now on. */
  readonly after?: string;
}

/** Reads a stream of server-sent events, and comes back behind the last one when it ends. */
export async function* tailEvents(
  transport: TransportOptions,
  path: string,
  { topic, after }: TailQuery = {},
  { signal }: CallOptions = {},
): AsyncGenerator<EventView, void> {
  const query = topic === undefined ? '' : `?topic=${encodeURIComponent(topic)}`;
  let last = after;
  let delayMs = FIRST_DELAY_MS;
  for (;;) {
    try {
      const body = await openEvents(transport, path + query, { last, signal });
      if (body === undefined) return;
      for await (const message of eventsOf(body)) {
        last = message.id ?? last;
        delayMs = FIRST_DELAY_MS;
        if (message.event === undefined && message.data !== undefined) yield eventIn(message.data);
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (isFinal(error)) throw error;
    }
    await transport.surroundings.sleep(delayMs, signal);
    delayMs = Math.min(delayMs * 2, LAST_DELAY_MS);
  }
}

function eventIn(data: string): EventView {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    // Told apart below.
  }
  if (eventShape(value)) return value;
  throw new ProtocolError('An event of the stream has another form than this client knows.');
}
