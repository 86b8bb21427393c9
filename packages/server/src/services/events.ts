import {
  type CleanupAnswer,
  type EventView,
  formatTime,
  type List,
  type TopicView,
  timeOfId,
} from '@tenuto/contract';
import type { KeptEvent, TopicKey, TopicRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import type { EventParts } from './event-parts.ts';
import { eventView } from './event-view.ts';
import { auditOf } from './job-state.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';

const HOUR_MS = 3_600_000;
const WHAT = 'events';

/** The last events, newest first. */
export async function recentEvents(
  { events }: EventParts,
  caller: Caller,
  { count, topic, cursor }: { count?: number; topic?: string; cursor?: string },
): Promise<List<EventView>> {
  const access = authorize(caller.principal, 'events:read', WHAT);
  const request = pageRequest(
    { limit: count ?? 50, ...(cursor !== undefined && { cursor }) },
    runKey,
  );
  const page = await events.recent(
    access,
    topic === undefined || topic === '' ? {} : { topic },
    request,
  );
  return listOf(page, request, {
    codec: runKey,
    key: (event: KeptEvent) => event.eventId,
    item: eventView,
  });
}

const topicKey = {
  write: ({ owner, topic }: TopicKey) => [owner, topic],
  read: ([owner, topic]: readonly unknown[]) =>
    typeof owner === 'string' && typeof topic === 'string' ? { owner, topic } : undefined,
};

/** Topics that events have come on, by name. */
export async function listTopics(
  { events }: EventParts,
  caller: Caller,
  query: Paging,
): Promise<List<TopicView>> {
  const access = authorize(caller.principal, 'events:read', WHAT);
  const request = pageRequest(query, topicKey);
  const page = await events.topics(access, request);
  return listOf(page, request, {
    codec: topicKey,
    key: (topic: TopicRecord) => topic,
    item: topicView,
  });
}

function topicView(topic: TopicRecord): TopicView {
  return {
    topic: topic.topic,
    owner: topic.owner,
    events: topic.events,
    first_event_at: formatTime(timeOfId(topic.firstId)),
    last_event_at: formatTime(timeOfId(topic.lastId)),
    last_event_id: topic.lastId,
  };
}

/** Gives up what is older than some hours. */
export async function cleanUpEvents(
  { events, swept }: EventParts,
  caller: Caller,
  hours: number,
): Promise<CleanupAnswer> {
  authorize(caller.principal, 'admin', WHAT);
  const audit = auditOf(caller, 'event_stream.cleaned', 'events', { max_age_hours: hours });
  const { removed, floorId } = await events.cleanUp(hours * HOUR_MS, audit);
  swept();
  return {
    success: true,
    message: `${removed} events were removed.`,
    details: { removed, max_age_hours: hours, kept_from: formatTime(timeOfId(floorId)) },
  };
}
