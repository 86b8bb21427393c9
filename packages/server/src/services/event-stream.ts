/** Looking on while events are published: server-sent events, each under the id of its event. */
import { formatTime, OrchestrationError, timeOfId } from '@tenuto/contract';
import { type Clock, type KeptEvent, reaches, topicMatches } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import type { EventParts } from './event-parts.ts';
import { eventView } from './event-view.ts';
import { wantedBy } from './events.ts';

const IDLE_MS = 15_000;
/**
 * A stream ends after so long: who looks on comes back with the last id, and is asked again who
 * they are.
 */
const LIFE_MS = 120_000;
/** Streams at once: of one owner, and of this server. */
const MOST_OF_ONE = 50;
const MOST = 1_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface EventStreams {
  /**
   * What is published from now on, or behind the last id that the caller has seen.
   * @throws OrchestrationError 400 for an id that is none, 422 for such a filter, 429 for too many streams
   */
  open(caller: Caller, wish: StreamWish): Promise<EventStream>;
  /** Ends all of them. */
  close(): void;
}

export interface EventStream {
  readonly text: AsyncGenerator<string, void>;
  /** Nobody looks on any more. */
  close(): void;
}

export interface StreamWish {
  readonly topic: string | undefined;
  readonly filter: string | undefined;
  readonly lastEventId: string | undefined;
}

export function createEventStreams(
  { tail, events }: Pick<EventParts, 'tail' | 'events'>,
  { clock, lifeMs = LIFE_MS }: { readonly clock: Clock; readonly lifeMs?: number },
): EventStreams {
  const open = new Map<AbortController, string>();

  async function* written(
    from: string,
    wanted: (event: KeptEvent) => boolean,
    controller: AbortController,
  ): AsyncGenerator<string, void> {
    yield await greeting(events, from);
    const options = { idleMs: IDLE_MS, signal: controller.signal };
    for await (const page of tail.follow(from, options)) {
      const text = page.filter(wanted).map(message).join('');
      // What is not for them moves them on too: they need not look through it again.
      yield text === '' ? `${lastOf(page)}: \n\n` : text;
    }
  }

  return {
    async open(caller, { topic, filter, lastEventId }) {
      const access = authorize(caller.principal, 'events:read', 'events');
      const passes = wantedBy(filter);
      const from = lastEventId === undefined ? await tail.end() : readId(lastEventId);
      const ofOne = [...open.values()].filter((owner) => owner === access.owner).length;
      if (ofOne >= MOST_OF_ONE || open.size >= MOST) throw tooMany();
      const controller = new AbortController();
      open.set(controller, access.owner);
      const wanted = (event: KeptEvent) =>
        reaches(access, event.owner) &&
        (topic === undefined || topicMatches(topic, event.topic)) &&
        passes(event);
      const cancel = clock.after(lifeMs, () => controller.abort());
      return {
        text: written(from, wanted, controller),
        close() {
          cancel();
          controller.abort();
          open.delete(controller);
        },
      };
    },
    close() {
      for (const controller of open.keys()) controller.abort();
    },
  };
}

/** How soon to come back; and when events have been given up that nobody saw, that it is so. */
async function greeting(events: EventParts['events'], from: string): Promise<string> {
  const { floorId, lastId } = await events.head();
  const gap = from < floorId && from < lastId;
  const said = { kept_from: formatTime(timeOfId(floorId)) };
  return `retry: 1000\n\n${gap ? `event: gap\ndata: ${JSON.stringify(said)}\n\n` : ''}`;
}

function message(event: KeptEvent): string {
  return `id: ${event.eventId}\ndata: ${JSON.stringify(eventView(event))}\n\n`;
}

function lastOf(page: readonly KeptEvent[]): string {
  const last = page.at(-1);
  return last === undefined ? '' : `id: ${last.eventId}\n`;
}

function readId(text: string): string {
  const id = text.trim().toLowerCase();
  if (UUID.test(id)) return id;
  throw new OrchestrationError('validation_failed', 'Last-Event-ID is no id of an event.', {
    validationErrors: [{ path: '/last-event-id', message: 'is no id of an event' }],
  });
}

function tooMany(): OrchestrationError {
  const detail = 'Too many streams are open; close some of them.';
  return new OrchestrationError('rate_limited', detail, { retryAfterSeconds: 10 });
}
