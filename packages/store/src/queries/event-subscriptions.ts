/**
 * Where tasks meet events. A task that wants events has a subscription under its own id, put and
 * taken away in the transaction that changes the task; what fires it is called in the transaction
 * that publishes the event, or closes its window.
 */
import type { EventSubscription, KeptEvent } from '@tenuto/engine';
import type { MatchedEvent } from './event-plan.ts';
import type { Session } from './transaction.ts';

/** A subscription is to fire, once, for these events in their order. */
export interface EventFiring {
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
export function firingsOf(events: readonly MatchedEvent[]): readonly EventFiring[] {
  return events.flatMap(({ row, subscriptions }) =>
    subscriptions
      .filter((subscription) => !gathers(subscription))
      .map(({ subscriptionId, owner }): EventFiring => {
        return { subscriptionId, owner, events: [row], because: 'event' };
      }),
  );
}

/** Makes what is to fire fire, inside the caller's transaction: all of it, or none. */
export async function fireSubscriptions(
  _session: Session,
  _firings: readonly EventFiring[],
): Promise<void> {
  // Nothing has subscriptions yet that could fire.
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
