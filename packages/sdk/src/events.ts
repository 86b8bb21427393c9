import type {
  CleanupAnswer,
  EventTaskView,
  EventView,
  JsonObject,
  PublishAnswer,
  PublishEvent,
  TopicView,
} from '@tenuto/contract';
import type { SubmitOptions } from './asking.ts';
import {
  cleanupShape,
  eventShape,
  eventTaskShape,
  publishAnswerShape,
  topicShape,
} from './event-shapes.ts';
import { type TailOptions, type TailQuery, tailEvents } from './event-tail.ts';
import type { PageQuery } from './jobs.ts';
import { type Listing, listing, pageOf } from './listing.ts';
import { type CallOptions, createReader, segment, signalOf } from './reading.ts';
import { send, type TransportOptions } from './transport.ts';

export interface RecentQuery {
  /** A topic, or a pattern of them. */
  readonly topic?: string;
  /** How many are looked at for a page, 1 to 1,000. */
  readonly count?: number;
  /** CEL over `event`: a page has those of the `count` that it lets through. */
  readonly filter?: string;
}

/** Events. Every function throws as `createClient` says. */
export interface Events {
  publish(body: PublishEvent | JsonObject, options?: SubmitOptions): Promise<PublishAnswer>;
  /** Publishes CloudEvents, in structured mode: one, or a batch of them. */
  publishCloudEvents(
    events: JsonObject | readonly JsonObject[],
    options?: SubmitOptions,
  ): Promise<PublishAnswer>;
  topics(query?: PageQuery, options?: CallOptions): Listing<TopicView>;
  get(eventId: string, options?: CallOptions): Promise<EventView>;
  /** The tasks that an event was for, and what came of it for each. */
  tasks(eventId: string, query?: PageQuery, options?: CallOptions): Listing<EventTaskView>;
  /** Newest first, page by page. */
  recent(query?: RecentQuery, options?: CallOptions): Listing<EventView>;
  /**
   * Events as they are published, for as long as it is read; without a gap, also when the
   * connection breaks meanwhile.
   */
  tail(query?: TailQuery, options?: TailOptions): AsyncIterable<EventView>;
  replay(eventId: string, options?: SubmitOptions): Promise<PublishAnswer>;
  /** Removes events that are older than some hours; for administrators. */
  cleanUp(maxAgeHours: number, options?: CallOptions): Promise<CleanupAnswer>;
}

const ROOT = '/events';

export function createEvents(transport: TransportOptions): Events {
  const { read, list } = createReader(transport);
  const shape = publishAnswerShape;
  const post = (
    path: string,
    { idempotencyKey = crypto.randomUUID(), ...options }: SubmitOptions = {},
    { body, type }: { readonly body?: unknown; readonly type?: string } = {},
  ) =>
    send(transport, {
      ...{ method: 'POST', path, shape, repeatable: true, ...signalOf(options) },
      ...(body !== undefined && { body }),
      headers: {
        'idempotency-key': idempotencyKey,
        ...(type !== undefined && { 'content-type': type }),
      },
    });
  return {
    publish: (body, options) => post(ROOT, options, { body }),
    publishCloudEvents: (events, options) => {
      const type = `application/cloudevents${Array.isArray(events) ? '-batch' : ''}+json`;
      return post(ROOT, options, { body: events, type });
    },
    topics: (query, options) => list(`${ROOT}/topics`, topicShape, { ...query }, options),
    get: (eventId, options) => read(`${ROOT}/${segment(eventId)}`, eventShape, {}, options),
    tasks: (eventId, query, options) =>
      list(`${ROOT}/${segment(eventId)}/tasks`, eventTaskShape, { ...query }, options),
    recent: (query, options) =>
      listing((cursor) =>
        read(`${ROOT}/stream/recent`, pageOf(eventShape), { ...query, cursor }, options),
      ),
    tail: (query, options) => tailEvents(transport, `${ROOT}/stream`, query, options),
    replay: (eventId, options) => post(`${ROOT}/${segment(eventId)}/replay`, options),
    cleanUp: (maxAgeHours, options = {}) =>
      send(transport, {
        ...{ method: 'DELETE', path: `${ROOT}/stream/cleanup`, shape: cleanupShape },
        ...{ query: { max_age_hours: maxAgeHours }, repeatable: true, ...signalOf(options) },
      }),
  };
}
