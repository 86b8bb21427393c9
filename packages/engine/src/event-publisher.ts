/**
 * Publishes in groups: what comes while a transaction is under way goes into the next one, so that
 * the rate of events is not the rate of commits. Nothing is held back to wait for more.
 */
import { OrchestrationError } from '@tenuto/contract';
import type {
  EventMatching,
  EventStore,
  PublishRequest,
  PublishResult,
} from './ports/event-store.ts';

/** One transaction: bounded so that others who publish do not wait for long. */
const MOST_EVENTS = 500;
const MOST_BYTES = 4 * 1024 * 1024;
/** Each may be a run that is made in the same transaction. */
const MOST_TRIGGERED = 10_000;
/** What waits for its transaction in one server; more than this the database cannot keep up with. */
const MOST_WAITING = 20_000;

export interface EventPublisher {
  /** @throws OrchestrationError `overloaded`, `store_unavailable`: it may or may not have happened */
  publish(request: PublishRequest): Promise<PublishResult>;
}

interface Waiting {
  readonly request: PublishRequest;
  readonly bytes: number;
  readonly settle: (result: Promise<PublishResult>) => void;
}

/** @param published is called after each commit of something, with the last of its events */
export function createEventPublisher(options: {
  readonly store: Pick<EventStore, 'publish'>;
  readonly matching: EventMatching;
  published(): void;
}): EventPublisher {
  const { store, matching, published } = options;
  const queue: Waiting[] = [];
  let busy = false;
  let waiting = 0;
  /** What the next transaction may have, as far as the last one tells. */
  let most = MOST_EVENTS;

  async function drain(): Promise<void> {
    busy = true;
    while (queue.length > 0) {
      const group = takeGroup(queue, most);
      for (const { request } of group) waiting -= request.events.length;
      const requests = group.map(({ request }) => request);
      try {
        const results = await store.publish(requests, matching);
        most = roomAfter(results);
        for (const [i, { settle }] of group.entries()) {
          settle(Promise.resolve(results[i] ?? 'used'));
        }
        published();
      } catch (error) {
        await separately(group, error);
      }
    }
    busy = false;
  }

  /** One that cannot be written must not take the others down with it. */
  async function separately(group: readonly Waiting[], error: unknown): Promise<void> {
    if (group.length === 1 || isPassing(error)) {
      for (const { settle } of group) settle(Promise.reject(error));
      return;
    }
    for (const { request, settle } of group) {
      const one = store.publish([request], matching).then(([result]) => result ?? 'used');
      settle(one);
      await one.then(published, () => undefined);
    }
  }

  return {
    publish(request) {
      if (waiting > MOST_WAITING) return Promise.reject(overloaded());
      waiting += request.events.length;
      return new Promise((resolve) => {
        queue.push({ request, bytes: bytesOf(request), settle: resolve });
        if (!busy) void drain();
      });
    },
  };
}

function overloaded(): OrchestrationError {
  const detail = 'More is published than the database can write down.';
  return new OrchestrationError('overloaded', detail, { retryAfterSeconds: 1 });
}

function takeGroup(queue: Waiting[], most: number): Waiting[] {
  let events = 0;
  let bytes = 0;
  let count = 0;
  for (const waiting of queue) {
    events += waiting.request.events.length;
    bytes += waiting.bytes;
    if (count > 0 && (events > most || bytes > MOST_BYTES)) break;
    count += 1;
  }
  return queue.splice(0, count);
}

/** Fewer events where each of them fires many tasks. */
function roomAfter(results: readonly PublishResult[]): number {
  const events = results.flatMap((result) => (result === 'used' ? [] : result));
  const triggered = events.reduce((sum, event) => sum + event.triggered, 0);
  const each = Math.max(1, triggered / Math.max(1, events.length));
  return Math.max(1, Math.min(MOST_EVENTS, Math.floor(MOST_TRIGGERED / each)));
}

function bytesOf({ events }: PublishRequest): number {
  let bytes = 0;
  for (const event of events) {
    bytes += JSON.stringify(event.payload).length + (event.bytes?.length ?? 0);
  }
  return bytes;
}

/** The database is away or slow: it would be so for each of them. */
function isPassing(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 503;
}
