/**
 * Publishing: what has gathered becomes one transaction under the lock of the head.
 *
 *   lock -> keys of requests -> identities -> ids, matches -> fire -> waiters -> rows -> commit
 */
import { createHash } from 'node:crypto';
import {
  type EventMatching,
  eventIdsAfter,
  type PublishedEvent,
  type PublishRequest,
  type PublishResult,
} from '@tenuto/engine';
import { ask, type Database } from './database.ts';
import { learnSubscriptions, lockHead } from './event-head.ts';
import { insertEvents, insertMatches } from './event-insert.ts';
import {
  answerOf,
  identityOf,
  type KnownEvent,
  type MatchedEvent,
  matchFresh,
  planOf,
} from './event-plan.ts';
import { fireSubscriptions, firingsOf } from './event-subscriptions.ts';
import { answeredWaiters } from './event-waiters.ts';
import { isExpired } from './idempotency.ts';
import { patientTransaction, type Session } from './transaction.ts';

/** @throws OrchestrationError as `ask` does; then none of it has happened, or all */
export function publishEvents(
  db: Database,
  requests: readonly PublishRequest[],
  matching: EventMatching,
): Promise<readonly PublishResult[]> {
  return patientTransaction(db, async (session) => {
    const head = await lockHead(session);
    const answerIds = await takeKeys(session, requests);
    const taken = requests.filter(
      (request) => request.idempotency === undefined || answerIds.has(request),
    );
    const plan = planOf(taken, await knownEvents(session, taken));
    await learnSubscriptions(session, matching);
    const count = plan.fresh.length;
    const ids = eventIdsAfter(head.last_id, { nowMs: head.now, count, random: spread(head.seed) });
    const events = await fire(session, matchFresh(plan.fresh, ids, matching));
    const rows = events.map(({ row }) => row);
    const waiters = await answeredWaiters(session, rows, matching);
    const results = requests.map((request): PublishResult => {
      const slots = plan.slots.get(request);
      return slots === undefined ? 'used' : answerOf(slots, events);
    });
    const answers = requests.flatMap((request, i) => {
      const answer = results[i] ?? 'used';
      return answer === 'used' ? [] : [{ request, answer, answerId: answerIds.get(request) }];
    });
    await insertEvents(session, { events, waiters, answers });
    return results;
  });
}

/** Writes down what the events are for, and fires it. @returns them with what came of it */
async function fire(
  session: Session,
  events: readonly MatchedEvent[],
): Promise<readonly MatchedEvent[]> {
  await insertMatches(session, events);
  const firings = firingsOf(events);
  const fired = await fireSubscriptions(session, firings);
  const idle = new Map<string, number>();
  for (const [i, { events: of }] of firings.entries()) {
    const eventId = of[0]?.eventId ?? '';
    if (fired[i] === false) idle.set(eventId, (idle.get(eventId) ?? 0) + 1);
  }
  return events.map((event) => {
    const { eventId, triggered } = event.row;
    return { ...event, row: { ...event.row, triggered: triggered - (idle.get(eventId) ?? 0) } };
  });
}

/** As many bytes as are wanted of what the database has drawn. */
function spread(seed: Uint8Array): (bytes: number) => Uint8Array {
  return (outputLength) => createHash('shake256', { outputLength }).update(seed).digest();
}

/** Uses the keys of requests up. @returns an id for the answer to each whose key was free */
async function takeKeys(
  session: Session,
  requests: readonly PublishRequest[],
): Promise<ReadonlyMap<PublishRequest, string>> {
  const first = new Map<string, PublishRequest>();
  for (const request of requests) {
    if (request.idempotency === undefined) continue;
    const { owner, key } = request.idempotency;
    const name = JSON.stringify([owner, key]);
    if (!first.has(name)) first.set(name, request);
  }
  const answerIds = new Map<PublishRequest, string>();
  if (first.size === 0) return answerIds;
  const keys = [...first.values()].flatMap(({ idempotency }) => idempotency ?? []);
  const { rows } = await session.query<{ owner: string; key: string; id: string }>(
    `insert into idempotency_keys (owner, key, request_hash, run_id, names)
     select owner, key, hash, uuid_v7(), 'event'
     from unnest($1::text[], $2::text[], $3::bytea[]) as k(owner, key, hash)
     on conflict (owner, key) do update set request_hash = excluded.request_hash,
       run_id = excluded.run_id, names = excluded.names, created_at = excluded.created_at
     where ${isExpired('idempotency_keys')}
     returning owner, key, run_id as id`,
    [
      keys.map(({ owner }) => owner),
      keys.map(({ key }) => key),
      keys.map(({ requestHash }) => Buffer.from(requestHash)),
    ],
  );
  for (const { owner, key, id } of rows) {
    const request = first.get(JSON.stringify([owner, key]));
    if (request !== undefined) answerIds.set(request, id);
  }
  return answerIds;
}

/** Events that are known by the identity of one that is to be published. */
async function knownEvents(
  session: Session,
  requests: readonly PublishRequest[],
): Promise<ReadonlyMap<string, KnownEvent>> {
  const hashes: Buffer[] = [];
  const topics = new Map<string, string>();
  for (const { identity, topic } of requests.flatMap(({ events }) => events)) {
    if (identity === undefined) continue;
    hashes.push(Buffer.from(identity));
    topics.set(identityOf(identity), topic);
  }
  if (hashes.length === 0) return new Map();
  const { rows } = await session.query<{
    hash: Buffer;
    event_id: string;
    topic: string | null;
    triggered: number | null;
  }>(
    `select k.hash, k.event_id, e.topic, e.triggered
     from event_keys k left join events e on e.event_id = k.event_id
     where k.hash = any($1::bytea[])`,
    [hashes],
  );
  return new Map(
    rows.map(({ hash, event_id: eventId, topic, triggered }) => {
      const identity = identityOf(hash);
      const known = {
        eventId,
        topic: topic ?? topics.get(identity) ?? '',
        triggered: triggered ?? 0,
      };
      return [identity, known];
    }),
  );
}

/** What was answered to a request with this key; undefined when there was none. */
export async function answeredRequest(db: Database, owner: string, key: string) {
  const rows = await ask<{
    hash: Buffer;
    event_id: string;
    duplicate: boolean;
    topic: string | null;
    triggered: number | null;
  }>(
    db,
    `select k.request_hash as hash, x.event_id, x.duplicate, e.topic, e.triggered
     from idempotency_keys k
     join event_answers a on a.answer_id = k.run_id
     cross join unnest(a.event_ids, a.duplicates) with ordinality x(event_id, duplicate, place)
     left join events e on e.event_id = x.event_id
     where k.owner = $1 and k.key = $2 and not ${isExpired('k')}
     order by x.place`,
    [owner, key],
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  const events: readonly PublishedEvent[] = rows.map((row) => ({
    eventId: row.event_id,
    topic: row.topic ?? '',
    triggered: row.triggered ?? 0,
    duplicate: row.duplicate,
  }));
  return { requestHash: first.hash, events };
}
