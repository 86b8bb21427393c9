import type { EventStore } from '@tenuto/engine';
import type { Database } from './queries/database.ts';
import { carryEvents } from './queries/event-carriers.ts';
import { cleanUpEvents, sweepEvents } from './queries/event-keep.ts';
import { answeredRequest, publishEvents } from './queries/event-publish.ts';
import {
  eventHead,
  eventsAfter,
  findEvent,
  listTopics,
  recentEvents,
} from './queries/event-read.ts';
import { tasksOfEvent } from './queries/event-tasks.ts';
import { addWaiter, tellWaiters } from './queries/event-waiters.ts';
import { closeWindows, nextWindowMs } from './queries/event-windows.ts';

/**
 * Events, as the API, the actions and the carriers see them.
 * @param reads what only reads: who publishes does not wait for it
 */
export function createEventStore(db: Database, reads: Database = db): EventStore {
  return {
    publish: (requests, matching) => publishEvents(db, requests, matching),
    answered: (owner, key) => answeredRequest(reads, owner, key),
    find: (access, eventId) => findEvent(reads, access, eventId),
    tasksOf: (access, eventId, page) => tasksOfEvent(reads, access, eventId, page),
    recent: (access, filter, page) => recentEvents(reads, access, filter, page),
    topics: (access, page) => listTopics(reads, access, page),
    after: (eventId, limit) => eventsAfter(reads, eventId, limit),
    head: () => eventHead(reads),
    cleanUp: (maxAgeMs, audit) => cleanUpEvents(db, maxAgeMs, audit),
    sweep: () => sweepEvents(db),
    wait: (waiter, matching, elapsedMs) => addWaiter(db, waiter, { matching, elapsedMs }),
    tellWaiters: () => tellWaiters(db),
    closeWindows: () => closeWindows(db),
    nextWindowMs: () => nextWindowMs(db),
    carry: (name, take) => carryEvents(db, name, take),
  };
}
