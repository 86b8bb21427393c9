import {
  type Access,
  type EventFilter,
  isPattern,
  type KeptEvent,
  type Page,
  type PageRequest,
  patternPrefix,
  type TopicKey,
  type TopicRecord,
  topicMatches,
} from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { EVENT_COLUMNS, eventOf, type StoredEvent } from './event-row.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';

/** What is below the floor is not kept any more. */
const KEPT = 'e.event_id >= (select floor_id from event_head)';
/** Topics that a pattern may stand for. */
const MOST_TOPICS = 10_000;

export async function findEvent(
  db: Database,
  access: Access,
  eventId: string,
): Promise<KeptEvent | undefined> {
  const given = parameters();
  const rows = await ask<StoredEvent>(
    db,
    `select ${EVENT_COLUMNS} from events e
     where e.event_id = ${given.add(eventId)} and ${KEPT} and ${reachable(access, given, 'e')}`,
    given.values,
  );
  return rows.map(eventOf)[0];
}

/** Newest first. */
export async function recentEvents(
  db: Database,
  access: Access,
  { topic }: EventFilter,
  page: PageRequest<string>,
): Promise<Page<KeptEvent>> {
  const given = parameters();
  const where = [KEPT, reachable(access, given, 'e')];
  if (topic !== undefined) {
    const topics = isPattern(topic) ? await topicsOf(db, access, topic) : [topic];
    where.push(`e.topic = any(${given.add(topics)}::text[])`);
  }
  return pageOf<StoredEvent, KeptEvent>(db, {
    ...{ columns: EVENT_COLUMNS, from: 'events e', where, key: ['e.event_id'], newestFirst: true },
    ...{ after: page.after === undefined ? undefined : [page.after], page, given, item: eventOf },
  });
}

async function topicsOf(db: Database, access: Access, pattern: string): Promise<string[]> {
  const given = parameters();
  const rows = await ask<{ topic: string }>(
    db,
    `select distinct topic from event_topics t
     where ${reachable(access, given, 't')} and starts_with(topic, ${given.add(patternPrefix(pattern))})
     limit ${MOST_TOPICS}`,
    given.values,
  );
  return rows.map(({ topic }) => topic).filter((topic) => topicMatches(pattern, topic));
}

interface TopicRow {
  readonly owner: string;
  readonly topic: string;
  readonly events: string;
  readonly first_id: string;
  readonly last_id: string;
}

/** By name. */
export async function listTopics(
  db: Database,
  access: Access,
  page: PageRequest<TopicKey>,
): Promise<Page<TopicRecord>> {
  const given = parameters();
  const kept = 't.last_id >= (select floor_id from event_head)';
  return pageOf<TopicRow, TopicRecord>(db, {
    columns: 't.owner, t.topic, t.events, t.first_id, t.last_id',
    ...{ from: 'event_topics t', where: [kept, reachable(access, given, 't')] },
    ...{ key: ['t.owner', 't.topic'], page, given },
    after: page.after === undefined ? undefined : [page.after.owner, page.after.topic],
    item: (row) => ({
      owner: row.owner,
      topic: row.topic,
      events: Number(row.events),
      firstId: row.first_id,
      lastId: row.last_id,
    }),
  });
}

/** All events behind an id, oldest first, whoever owns them. */
export async function eventsAfter(
  db: Database,
  eventId: string,
  limit: number,
): Promise<readonly KeptEvent[]> {
  const rows = await ask<StoredEvent>(
    db,
    `select ${EVENT_COLUMNS} from events e where e.event_id > $1 and ${KEPT}
     order by e.event_id limit $2`,
    [eventId, limit],
  );
  return rows.map(eventOf);
}

export async function eventHead(db: Database) {
  const [row] = await ask<{ last_id: string; floor_id: string }>(
    db,
    'select last_id, floor_id from event_head',
  );
  if (row === undefined) throw new Error('there is no head of the events');
  return { lastId: row.last_id, floorId: row.floor_id };
}
