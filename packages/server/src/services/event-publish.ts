import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { LIMITS, OrchestrationError, type PublishAnswer, TopicSchema } from '@tenuto/contract';
import type { Idempotency, NewEvent, PublishedEvent } from '@tenuto/engine';
import { Compile } from 'typebox/compile';
import { authorize, type Caller } from '../auth/principal.ts';
import { type EventBody, readEventBody } from '../events/event-body.ts';
import type { EventParts } from './event-parts.ts';
import { publishedView } from './event-view.ts';
import { readIdempotency, refuseOtherUse } from './idempotency.ts';
import { auditOf } from './job-state.ts';
import type { Charged, QuotaGate } from './quota-gate.ts';

const topicCheck = Compile(TopicSchema);

export interface PublishParts extends EventParts {
  readonly gate: Pick<QuotaGate, 'publish'>;
}

/** A request to publish, not yet read. */
export interface PublishWish {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly key: string | undefined;
}

/**
 * Publishes one event, or a batch of them: all or none.
 * @throws OrchestrationError 400 for what is no event, 413, 415, 422 for a topic that cannot be one
 *   and for a key used with another body
 */
export async function publishEvents(
  parts: PublishParts,
  caller: Caller,
  { headers, body, key }: PublishWish,
): Promise<PublishAnswer> {
  const { owner, all: admin } = authorize(caller.principal, 'events:publish', 'events');
  const read = readEventBody(headers, body);
  const publishedBy = caller.principal.actor;
  const events = read.events.map((event, i) =>
    newEvent(event, { owner, publishedBy, at: read.batch ? `/${i}` : '' }),
  );
  const said = events.map(({ identity: _, bytes, ...event }) => ({
    ...event,
    bytes: bytes === undefined ? null : Buffer.from(bytes).toString('base64'),
  }));
  const idempotency = readIdempotency(key, ['events', said]);
  const topics = [...new Set(events.map(({ topic }) => topic))].slice(0, 10);
  const audit = auditOf(caller, 'event.published', '', { topics });
  const published = await publishOnce(parts, { owner, admin, events, idempotency, audit });
  return answerOf(published, read.batch);
}

/**
 * Publishes an event again: a new event with the same content, for all that want it now.
 * @throws OrchestrationError 404
 */
export async function replayEvent(
  parts: PublishParts,
  caller: Caller,
  { eventId, key }: { readonly eventId: string; readonly key: string | undefined },
): Promise<PublishAnswer> {
  const access = authorize(caller.principal, 'events:publish', 'events');
  const event = await parts.events.find(access, eventId.toLowerCase());
  if (event === undefined) {
    throw new OrchestrationError('not_found', `There is no event ${eventId}.`);
  }
  const { eventId: replayOf, triggered: _, dedupeId: __, ...content } = event;
  const replay: NewEvent = {
    ...content,
    origin: 'replay',
    publishedBy: caller.principal.actor,
    replayOf,
  };
  const published = await publishOnce(parts, {
    ...{ owner: access.owner, admin: access.all },
    events: [replay],
    idempotency: readIdempotency(key, ['event replay', replayOf]),
    audit: auditOf(caller, 'event.replayed', '', { replay_of: replayOf, topic: event.topic }),
  });
  return answerOf(published, false);
}

/** Its idempotency key is the owner's, too. */
interface Publication extends Charged {
  readonly events: readonly NewEvent[];
  readonly idempotency: Idempotency | undefined;
  readonly audit: ReturnType<typeof auditOf>;
}

async function publishOnce(
  { events: store, publisher, gate }: PublishParts,
  { owner, admin, events, idempotency, audit }: Publication,
): Promise<readonly PublishedEvent[]> {
  const firstAnswer = async () => {
    if (idempotency === undefined) return undefined;
    const first = await store.answered(owner, idempotency.key);
    if (first === undefined) return undefined;
    const { requestHash } = first;
    const runId = first.events[0]?.eventId ?? '';
    refuseOtherUse(idempotency, { runId, requestHash });
    return first.events;
  };
  const before = await firstAnswer();
  if (before !== undefined) return before;
  await gate.publish({ owner, admin }, events.length);
  const result = await publisher.publish({
    events,
    ...(idempotency && { idempotency: { owner, ...idempotency } }),
    audit,
  });
  if (result !== 'used') return result;
  const winner = await firstAnswer();
  if (winner !== undefined) return winner;
  throw new OrchestrationError('idempotency_mismatch', 'The key was used for something else.');
}

function answerOf(published: readonly PublishedEvent[], batch: boolean): PublishAnswer {
  const fresh = published.filter(({ duplicate }) => !duplicate).length;
  const [first] = published;
  if (batch || first === undefined) {
    const details = { events: published.map(publishedView) };
    return { success: true, message: `${fresh} of ${published.length} events were new.`, details };
  }
  const message = first.duplicate
    ? 'The event had been published before.'
    : 'The event is published.';
  return { success: true, message, details: publishedView(first) };
}

interface Sender {
  readonly owner: string;
  readonly publishedBy: string;
  /** Where the event stands in the body. */
  readonly at: string;
}

/** What is to be published, of what was read. @throws OrchestrationError 413, 422 */
export function newEvent(
  event: EventBody['events'][number],
  { owner, publishedBy, at }: Sender,
): NewEvent {
  const common = { owner, publishedBy, origin: 'api' } as const;
  if ('own' in event) {
    const { topic, source_agent_id: sourceAgentId, dedupe_id: dedupeId } = event.own;
    const payload = jsonOf(event.own.payload);
    refuseLarge(JSON.stringify(payload).length, at);
    return {
      ...{ ...common, topic, payload },
      ...(sourceAgentId !== undefined && { sourceAgentId }),
      ...(dedupeId !== undefined && {
        dedupeId,
        identity: eventIdentity([owner, 'dedupe', topic, dedupeId]),
      }),
    };
  }
  const { id, source, type, attributes, data, bytes } = event.cloud;
  if (!topicCheck.Check(type)) throw noTopic(at);
  refuseLarge(JSON.stringify(data).length + (bytes?.length ?? 0), at);
  return {
    ...{ ...common, topic: type, payload: data, context: { cloudevent: attributes } },
    ...(bytes !== undefined && { bytes }),
    identity: eventIdentity([owner, 'cloudevent', source, id]),
  };
}

/** What tells an event from all others, as a hash. */
export function eventIdentity(said: readonly string[]): Uint8Array {
  return createHash('sha256').update(JSON.stringify(said)).digest();
}

/** A value that JSON.parse has made. */
function jsonOf(value: unknown): NewEvent['payload'] {
  return value as NewEvent['payload'];
}

function refuseLarge(size: number, at: string): void {
  if (size <= LIMITS.eventBytes) return;
  throw new OrchestrationError(
    'payload_too_large',
    `${at === '' ? 'The event' : at} has more than ${LIMITS.eventBytes} bytes; put it somewhere and send where.`,
  );
}

function noTopic(at: string): OrchestrationError {
  const message = `is the topic here: at most ${LIMITS.topicChars} characters, without * and #`;
  return new OrchestrationError('unprocessable', `${at}/type ${message}.`, {
    validationErrors: [{ path: `${at}/type`, message }],
  });
}
