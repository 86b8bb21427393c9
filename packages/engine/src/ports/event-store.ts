import type { EventOrigin, Json, JsonObject } from '@tenuto/contract';
import type { AuditEntry } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';
import type { FiringRecord } from './task-store.ts';

/** What is published, whatever door it came through. */
export interface EventContent {
  readonly owner: string;
  readonly topic: string;
  readonly payload: Json;
  /** Data of a CloudEvent that is no text. */
  readonly bytes?: Uint8Array;
  readonly context?: EventContext;
  readonly sourceAgentId?: string;
  readonly dedupeId?: string;
  readonly origin: EventOrigin;
  readonly publishedBy: string;
  readonly replayOf?: string;
}

/** What an event came in. */
export interface EventContext {
  readonly cloudevent?: JsonObject;
  readonly webhook?: JsonObject;
}

/** An event that is to be published. */
export interface NewEvent extends EventContent {
  /** SHA-256 of what tells it from all others; an event with the same is the same. */
  readonly identity?: Uint8Array;
}

/** An event as it is kept. Its time is in its id. */
export interface KeptEvent extends EventContent {
  readonly eventId: string;
  /** Subscriptions that it matched. */
  readonly triggered: number;
}

/** The events of one request: all of them, its key and its audit row, or none. */
export interface PublishRequest {
  readonly events: readonly NewEvent[];
  readonly idempotency?: {
    readonly owner: string;
    readonly key: string;
    readonly requestHash: Uint8Array;
  };
  /** Written when something new is published; its subject is the first event. */
  readonly audit: AuditEntry;
}

export interface PublishedEvent {
  readonly eventId: string;
  readonly topic: string;
  readonly triggered: number;
  /** It had been published before. */
  readonly duplicate: boolean;
}
/** `used`: the idempotency key had been used before. */
export type PublishResult = readonly PublishedEvent[] | 'used';

/** Somebody who wants events: a task, under the id of the task. */
export interface EventSubscription {
  readonly subscriptionId: string;
  readonly owner: string;
  /** Hears the events of all owners; only administrators may. */
  readonly everyone: boolean;
  readonly pattern: string;
  /** CEL over `event`; absent, every event of the pattern. */
  readonly filter: string | null;
  /** Fires once nothing has come for so long. */
  readonly debounceMs: number | null;
  /** Gathers so many events, for at most so long. */
  readonly batch: { readonly events: number; readonly ms: number } | null;
}

/** A change of a subscription, in the order of the versions of all of them. */
export interface SubscriptionChange extends EventSubscription {
  readonly removed: boolean;
}

/** A node of a run that waits for an event. */
export interface EventWaiter {
  readonly runId: string;
  /** The same for all attempts of the node. */
  readonly waitKey: string;
  readonly owner: string;
  readonly pattern: string;
  readonly filter: string | null;
  /** The attempt with which the node began, when that was an earlier one. */
  readonly began?: { readonly node: number; readonly attempt: number };
}

/** Decides what an event is for. It knows the subscriptions, up to a version of them. */
export interface EventMatching {
  readonly version: number;
  learn(changes: readonly SubscriptionChange[], version: number): void;
  subscriptionsFor(event: KeptEvent): readonly EventSubscription[];
  answers(waiter: EventWaiter, event: KeptEvent): boolean;
}

export interface EventFilter {
  /** A topic, or a pattern of them. */
  readonly topic?: string;
}

export interface TopicRecord {
  readonly owner: string;
  readonly topic: string;
  readonly events: number;
  readonly firstId: string;
  readonly lastId: string;
}
export interface TopicKey {
  readonly topic: string;
  readonly owner: string;
}

/** A task that an event was for, and what came of it; null while it gathers with others. */
export interface EventTask {
  readonly taskId: string;
  readonly title: string;
  readonly firing: FiringRecord | null;
}

/** What the API, the actions and the carriers ask of the store; throws as {@link JobStore} does. */
export interface EventStore {
  /**
   * Publishes what has gathered, in one transaction: the rows, audit, what they are for, and the
   * answers to runs that wait. The results are in the order of the requests.
   */
  publish(
    requests: readonly PublishRequest[],
    matching: EventMatching,
  ): Promise<readonly PublishResult[]>;
  /** What was answered to a request with this key; undefined when there is none. */
  answered(
    owner: string,
    key: string,
  ): Promise<
    { readonly requestHash: Uint8Array; readonly events: readonly PublishedEvent[] } | undefined
  >;
  find(access: Access, eventId: string): Promise<KeptEvent | undefined>;
  /** The tasks that an event was for, by their ids. */
  tasksOf(access: Access, eventId: string, page: PageRequest<string>): Promise<Page<EventTask>>;
  /** Newest first. */
  recent(access: Access, filter: EventFilter, page: PageRequest<string>): Promise<Page<KeptEvent>>;
  topics(access: Access, page: PageRequest<TopicKey>): Promise<Page<TopicRecord>>;
  /** All events behind an id, oldest first, whoever owns them: for the carriers. */
  after(eventId: string, limit: number): Promise<readonly KeptEvent[]>;
  /** The last event of all, and the lowest id that is kept. */
  head(): Promise<{ readonly lastId: string; readonly floorId: string }>;
  /** Gives up all that is older; upkeep deletes it later. */
  cleanUp(
    maxAgeMs: number,
    audit?: AuditEntry,
  ): Promise<{ readonly removed: number; readonly floorId: string }>;
  /** Deletes some of what was given up. @returns how many */
  sweep(): Promise<number>;
  /**
   * Notes that a node waits. An event that has come since the node began answers it at once.
   * @param elapsedMs asked again when the note is taken: milliseconds since the node began
   */
  wait(waiter: EventWaiter, matching: EventMatching, elapsedMs: () => number): Promise<void>;
  /** Tells runs what has answered them. @returns which */
  tellWaiters(): Promise<readonly string[]>;
  /** Fires the windows whose time has come. @returns how many */
  closeWindows(): Promise<number>;
  /** In how many milliseconds the next window closes; undefined when none is open. */
  nextWindowMs(): Promise<number | undefined>;
  /** Takes events to a carrier, under a lock that one server has at a time; see the carrier. */
  carry(
    name: string,
    take: (from: string) => Promise<string | undefined>,
  ): Promise<'carried' | 'busy'>;
}
