import {
  type CleanupAnswer,
  type EventTaskView,
  type EventView,
  ExpressionError,
  formatTime,
  type List,
  OrchestrationError,
  type TopicView,
  timeOfId,
} from '@tenuto/contract';
import {
  type Access,
  type EventTask,
  eventFilter,
  type KeptEvent,
  type TopicKey,
  type TopicRecord,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import type { EventParts } from './event-parts.ts';
import { eventView } from './event-view.ts';
import { auditOf } from './job-state.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';
import { firingView } from './task-view.ts';

const HOUR_MS = 3_600_000;
const WHAT = 'events';

/** The last events, newest first; of those that are looked at, what a filter lets through. */
export async function recentEvents(
  { events }: EventParts,
  caller: Caller,
  { count, topic, filter, cursor }: EventQuery,
): Promise<List<EventView>> {
  const access = authorize(caller.principal, 'events:read', WHAT);
  const wanted = wantedBy(filter);
  const request = pageRequest(
    { limit: count ?? 50, ...(cursor !== undefined && { cursor }) },
    runKey,
  );
  const page = await events.recent(
    access,
    topic === undefined || topic === '' ? {} : { topic },
    request,
  );
  const list = listOf(page, request, {
    ...{ codec: runKey, key: (event: KeptEvent) => event.eventId },
    item: (event: KeptEvent) => event,
  });
  return { ...list, items: list.items.filter(wanted).map(eventView) };
}

interface EventQuery {
  readonly count?: number;
  readonly topic?: string;
  readonly filter?: string;
  readonly cursor?: string;
}

/**
 * What says of an event whether it is asked for; without a filter each is.
 * @throws OrchestrationError 422 for a filter that cannot be read
 */
export function wantedBy(filter: string | undefined): (event: KeptEvent) => boolean {
  if (filter === undefined || filter === '') return () => true;
  try {
    return eventFilter(filter);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new OrchestrationError('unprocessable', `/filter is wrong: ${error.message}`, {
      validationErrors: [{ path: '/filter', message: `is wrong: ${error.message}` }],
    });
  }
}

/** @throws OrchestrationError 404 */
export async function getEvent(
  parts: EventParts,
  caller: Caller,
  eventId: string,
): Promise<EventView> {
  const access = authorize(caller.principal, 'events:read', WHAT);
  return eventView(await findEvent(parts, access, eventId));
}

/**
 * The tasks that an event was for.
 * @throws OrchestrationError 404
 */
export async function listTasksOfEvent(
  parts: EventParts,
  caller: Caller,
  { eventId, ...paging }: Paging & { readonly eventId: string },
): Promise<List<EventTaskView>> {
  const access = authorize(caller.principal, 'tasks:read', WHAT);
  const event = await findEvent(parts, access, eventId);
  const request = pageRequest(paging, runKey);
  const page = await parts.events.tasksOf(access, event.eventId, request);
  return listOf(page, request, {
    ...{ codec: runKey, key: ({ taskId }: EventTask) => taskId },
    item: ({ taskId, title, firing }: EventTask) => ({
      ...{ task_id: taskId, title, firing: firing && firingView(firing) },
    }),
  });
}

async function findEvent(
  { events }: EventParts,
  access: Access,
  eventId: string,
): Promise<KeptEvent> {
  const found = await events.find(access, eventId.toLowerCase());
  if (found !== undefined) return found;
  throw new OrchestrationError('not_found', `There is no event ${eventId}.`);
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
