import { formatTime, type Json, type JsonObject, timeOfId } from '@tenuto/contract';
import { compileExpression, type Expression } from '../expression/index.ts';
import type {
  EventMatching,
  EventSubscription,
  EventWaiter,
  KeptEvent,
  SubscriptionChange,
} from '../ports/event-store.ts';
import { topicMatches } from './topic.ts';
import { createTopicIndex } from './topic-index.ts';

const SCOPE = {
  steps: new Set<string>(),
  nodes: new Set<string>(),
  variables: new Set(['event', 'now']),
};
/** Filters of waiters that are kept compiled. */
const KEPT_FILTERS = 1_000;

/**
 * Checks the filter of a subscription or of a wait: an expression over `event`.
 * @throws ExpressionError
 */
export function checkEventFilter(filter: string): void {
  compileExpression(filter, SCOPE);
}

/**
 * What says of an event whether a filter lets it through, as it does for a subscription.
 * @throws ExpressionError
 */
export function eventFilter(filter: string): (event: KeptEvent) => boolean {
  const expression = compileExpression(filter, SCOPE);
  return (event) => passes(expression, () => eventInScope(event), event);
}

/** An event as expressions see it: `event.payload.amount`. */
export function eventInScope(event: KeptEvent): JsonObject {
  return {
    event_id: event.eventId,
    topic: event.topic,
    payload: event.payload,
    source_agent_id: event.sourceAgentId ?? null,
    published_by: event.publishedBy,
    published_at: formatTime(timeOfId(event.eventId)),
    cloudevent: event.context?.cloudevent ?? null,
    webhook: event.context?.webhook ?? null,
    ...(event.bytes !== undefined && { data_base64: Buffer.from(event.bytes).toString('base64') }),
  };
}

/** The name of the signal by which a node hears of the event that it waits for. */
export function eventSignal(waitKey: string): string {
  return `event:${waitKey}`;
}

interface Known {
  readonly subscription: EventSubscription;
  /** Undefined without a filter; `broken` for one that cannot be read any more. */
  readonly filter: Expression | 'broken' | undefined;
}

/**
 * The subscriptions in memory, found by topic. A subscription hears the events of its owner, or of
 * everyone. A filter that fails on an event (a field that is not there) has not matched it.
 */
export function createEventMatching(): EventMatching {
  const known = new Map<string, Known>();
  const index = createTopicIndex<Known>();
  const filters = new Map<string, Expression | 'broken'>();
  let version = 0;

  function forget(id: string): void {
    const before = known.get(id);
    if (before === undefined) return;
    index.remove(before.subscription.pattern, before);
    known.delete(id);
  }

  return {
    get version() {
      return version;
    },
    learn(changes, to) {
      for (const change of changes) {
        forget(change.subscriptionId);
        if (change.removed) continue;
        const item = knownOf(change);
        known.set(change.subscriptionId, item);
        index.add(change.pattern, item);
      }
      version = Math.max(version, to);
    },
    subscriptionsFor(event) {
      const scope = lazy(() => eventInScope(event));
      const found: EventSubscription[] = [];
      for (const { subscription, filter } of index.find(event.topic)) {
        if (!subscription.everyone && subscription.owner !== event.owner) continue;
        if (passes(filter, scope, event)) found.push(subscription);
      }
      return found;
    },
    answers(waiter, event) {
      if (waiter.owner !== event.owner || !topicMatches(waiter.pattern, event.topic)) return false;
      return passes(
        filterOf(filters, waiter),
        lazy(() => eventInScope(event)),
        event,
      );
    },
  };
}

function knownOf({ removed: _, ...subscription }: SubscriptionChange): Known {
  const { filter } = subscription;
  return { subscription, filter: filter === null ? undefined : compiled(filter) };
}

function filterOf(
  filters: Map<string, Expression | 'broken'>,
  { filter }: EventWaiter,
): Expression | 'broken' | undefined {
  if (filter === null) return undefined;
  let found = filters.get(filter);
  if (found === undefined) {
    found = compiled(filter);
    if (filters.size >= KEPT_FILTERS) filters.clear();
    filters.set(filter, found);
  }
  return found;
}

function compiled(filter: string): Expression | 'broken' {
  try {
    return compileExpression(filter, SCOPE);
  } catch {
    return 'broken';
  }
}

function passes(
  filter: Expression | 'broken' | undefined,
  scope: () => JsonObject,
  event: KeptEvent,
): boolean {
  if (filter === undefined) return true;
  if (filter === 'broken') return false;
  try {
    const value: Json = filter.evaluate({ event: scope(), now: timeOfId(event.eventId) });
    return value === true;
  } catch {
    return false;
  }
}

function lazy<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
