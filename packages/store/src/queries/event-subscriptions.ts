/**
 * Where tasks meet events. A task that wants events has a subscription under its own id, put and
 * taken away in the transaction that changes the task; what fires it is called in the transaction
 * that publishes the event, or closes its window.
 */
import { timeOfId } from '@tenuto/contract';
import {
  type EventSubscription,
  eventInScope,
  type FiringEvent,
  type KeptEvent,
} from '@tenuto/engine';
import type { MatchedEvent } from './event-plan.ts';
import { fireForEvents } from './task-events.ts';
import type { Session } from './transaction.ts';

/** A subscription is to fire, once, for these events in their order. */
export interface SubscriptionFiring {
  readonly subscriptionId: string;
  /** Whose the subscription is. */
  readonly owner: string;
  readonly events: readonly KeptEvent[];
  /** `event`: at once, for one; otherwise its window has closed. */
  readonly because: 'event' | 'window';
}

/** Whether events gather for it first, and it fires when its window closes. */
export function gathers({ debounceMs, batch }: EventSubscription): boolean {
  return debounceMs !== null || batch !== null;
}

/** What fires at once. */
export function firingsOf(events: readonly MatchedEvent[]): readonly SubscriptionFiring[] {
  return events.flatMap(({ row, subscriptions }) =>
    subscriptions
      .filter((subscription) => !gathers(subscription))
      .map(({ subscriptionId, owner }): SubscriptionFiring => {
        return { subscriptionId, owner, events: [row], because: 'event' };
      }),
  );
}

/**
 * Makes what is to fire fire, inside the caller's transaction: all of it, or none.
 * @returns of each whether something came of it
 */
export async function fireSubscriptions(
  session: Session,
  firings: readonly SubscriptionFiring[],
): Promise<readonly boolean[]> {
  const tasks = await tasksOf(session, firings);
  const told = firings.filter(({ subscriptionId }) => tasks.has(subscriptionId));
  const events = new Set(told.flatMap((firing) => firing.events));
  // One text of an event for all that it is for.
  const texts = new Map([...events].map((event) => [event, firingEvent(event)]));
  const fired = await fireForEvents(
    session,
    told.map(({ subscriptionId: taskId, events: its }) => ({
      taskId,
      events: its.flatMap((event) => texts.get(event) ?? []),
    })),
  );
  const outcomes = new Map(told.map((firing, i) => [firing, fired[i] ?? 'inactive']));
  return firings.map((firing) => !IDLE.has(outcomes.get(firing) ?? 'inactive'));
}

/** Nothing came of it: it had been told before, or the task is over, or a condition does not hold. */
const IDLE: ReadonlySet<string> = new Set(['inactive', 'known']);

/** Those of the subscriptions that are a task's. */
async function tasksOf(
  session: Session,
  firings: readonly SubscriptionFiring[],
): Promise<ReadonlySet<string>> {
  if (firings.length === 0) return new Set();
  const ids = [...new Set(firings.map(({ subscriptionId }) => subscriptionId))];
  const { rows } = await session.query<{ task_id: string }>(
    'select task_id from tasks where task_id = any($1::uuid[])',
    [ids],
  );
  return new Set(rows.map((row) => row.task_id));
}

function firingEvent(event: KeptEvent): FiringEvent {
  const { eventId } = event;
  return { eventId, at: timeOfId(eventId), event: JSON.stringify(eventInScope(event)) };
}

/**
 * Makes a subscription, or changes it; every event that is published after the commit is for it, if
 * it fits. It waits for nobody who waits for a task: a transaction may have locked tasks before.
 */
export async function putSubscription(
  session: Session,
  subscription: EventSubscription,
): Promise<void> {
  const { subscriptionId, owner, everyone, pattern, filter, debounceMs, batch } = subscription;
  const gathered = [debounceMs, batch?.events ?? null, batch?.ms ?? null];
  await session.query(
    `with head as (update event_subscription_head set version = version + 1 returning version)
     insert into event_subscriptions (subscription_id, owner, everyone, pattern, filter,
       debounce_ms, batch_events, batch_ms, removed, version)
     select $1, $2, $3, $4, $5, $6, $7, $8, false, version from head
     on conflict (subscription_id) do update set owner = excluded.owner,
       everyone = excluded.everyone, pattern = excluded.pattern, filter = excluded.filter,
       debounce_ms = excluded.debounce_ms, batch_events = excluded.batch_events,
       batch_ms = excluded.batch_ms, removed = false, version = excluded.version`,
    [subscriptionId, owner, everyone, pattern, filter, ...gathered],
  );
}

/** Takes a subscription away; what has gathered for it is dropped when its window closes. */
export async function removeSubscription(session: Session, subscriptionId: string): Promise<void> {
  await session.query(
    `with head as (
       update event_subscription_head set version = version + 1
       where exists (select from event_subscriptions where subscription_id = $1 and not removed)
       returning version)
     update event_subscriptions s set removed = true, version = head.version
     from head where s.subscription_id = $1`,
    [subscriptionId],
  );
}
