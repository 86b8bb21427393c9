/** Everything about events that a server has: put together once, started and stopped as one. */
import type { JsonObject } from '@tenuto/contract';
import {
  type BusNews,
  type Clock,
  checkEventFilter,
  createEventChores,
  createEventMatching,
  createEventPublisher,
  createEventTail,
  type EngineLog,
  type EventBus,
  type EventDoor,
  type EventMatching,
  type EventPublisher,
  type EventStore,
  eventSignal,
  type NewEvent,
} from '@tenuto/engine';
import type { EventParts } from '../services/event-parts.ts';
import { eventIdentity } from '../services/event-publish.ts';
import { publishedView } from '../services/event-view.ts';

export interface EventingOptions {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: EngineLog;
  /** Events that are older are given up. */
  readonly retentionMs: number;
  /** Makes the bus between the servers; it publishes what others write to it. */
  bus(parts: { readonly news: BusNews; readonly publisher: EventPublisher }): EventBus;
  /** Says that a run's inbox has something new. */
  poke(runId: string): void;
}

export interface Eventing {
  readonly parts: EventParts;
  /** For actions. */
  readonly door: EventDoor;
  start(): void;
  stop(): Promise<void>;
}

export function createEventing(options: EventingOptions): Eventing {
  const { store, clock, log, retentionMs, poke } = options;
  const matching = createEventMatching();
  const tail = createEventTail({ store, clock, log });
  const chores = createEventChores({
    ...{ store, clock, log, retentionMs },
    told: (runIds) => runIds.forEach(poke),
  });
  const news = () => {
    tail.wake();
    chores.wake();
  };
  const publisher = createEventPublisher({ store, matching, published: () => bus.announce() });
  const bus = options.bus({ news, publisher });
  return {
    parts: { events: store, matching, publisher, tail, bus, swept: chores.sweep },
    door: {
      publish: publishing(publisher),
      wait: waiting({ store, matching, noted: chores.wake }),
    },
    start() {
      tail.start();
      chores.start();
      bus.start();
    },
    async stop() {
      await bus.stop();
      await Promise.all([tail.stop(), chores.stop()]);
    },
  };
}

/** An event of a node is known by the node: tried again, it is the same. */
function publishing(publisher: EventPublisher): EventDoor['publish'] {
  return async ({ owner, topic, payload, dedupeId, runId, nodeId, idempotencyKey }) => {
    const publishedBy = `run ${runId}`;
    const identity =
      dedupeId === undefined ? ['run', idempotencyKey] : [owner, 'dedupe', topic, dedupeId];
    const event: NewEvent = {
      ...{ owner, topic, payload, origin: 'run', publishedBy },
      ...(dedupeId !== undefined && { dedupeId }),
      identity: eventIdentity(identity),
    };
    const details = { topics: [topic], run_id: runId, node_id: nodeId };
    const audit = { actor: owner, action: 'event.published', subject: '', details };
    const result = await publisher.publish({ events: [event], audit });
    const [published] = result === 'used' ? [] : result;
    if (published === undefined) throw new Error('an event of a node was not answered');
    const { duplicate: _, ...output } = publishedView(published);
    return output satisfies JsonObject;
  };
}

function waiting({
  store,
  matching,
  noted,
}: {
  readonly store: EventStore;
  readonly matching: EventMatching;
  noted(): void;
}): EventDoor['wait'] {
  return async ({ elapsedMs, ...waiter }) => {
    if (waiter.filter !== null) checkEventFilter(waiter.filter);
    await store.wait(waiter, matching, elapsedMs);
    noted();
    return eventSignal(waiter.waitKey);
  };
}
