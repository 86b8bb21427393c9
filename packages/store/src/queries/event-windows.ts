import { ask, type Database } from './database.ts';
import { EVENT_COLUMNS, eventOf, type StoredEvent } from './event-row.ts';
import { fireSubscriptions, type SubscriptionFiring } from './event-subscriptions.ts';
import { patientTransaction } from './transaction.ts';

const CLOSED_AT_ONCE = 50;

interface WindowRow {
  readonly subscription_id: string;
  readonly owner: string;
  readonly batch_events: number | null;
  /** Nobody wants them any more. */
  readonly removed: boolean;
}

/**
 * Closes the windows whose time has come, and fires for what has gathered in them. Several servers
 * may do so at a time: a window is closed by one of them.
 * @returns how many were closed
 */
export function closeWindows(db: Database): Promise<number> {
  return patientTransaction(db, async (session) => {
    const { rows: windows } = await session.query<WindowRow>(
      `select w.subscription_id, s.owner, w.batch_events, s.removed
       from event_windows w join event_subscriptions s using (subscription_id)
       where w.due_at <= clock_timestamp() order by w.due_at limit ${CLOSED_AT_ONCE}
       for update of w skip locked`,
    );
    if (windows.length === 0) return 0;
    const ids = windows.map((window) => window.subscription_id);
    const { rows } = await session.query<StoredEvent & { for: string }>(
      `with items as (
         delete from event_window_items i where i.subscription_id = any($1::uuid[]) returning i.*),
       closed as (delete from event_windows w where w.subscription_id = any($1::uuid[]))
       select i.subscription_id as for, ${EVENT_COLUMNS}
       from items i join events e on e.event_id = i.event_id order by e.event_id`,
      [ids],
    );
    const items = Map.groupBy(rows, (row) => row.for);
    const firings = windows.flatMap((window) => {
      if (window.removed) return [];
      const events = (items.get(window.subscription_id) ?? []).map(eventOf);
      const size = window.batch_events ?? events.length;
      return chunks(events, size).map((chunk): SubscriptionFiring => {
        const { subscription_id: subscriptionId, owner } = window;
        return { subscriptionId, owner, events: chunk, because: 'window' };
      });
    });
    await fireSubscriptions(session, firings);
    return windows.length;
  });
}

/** In how many milliseconds the next window closes; undefined when none is open. */
export async function nextWindowMs(db: Database): Promise<number | undefined> {
  const [row] = await ask<{ ms: number }>(
    db,
    `select (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as ms
     from event_windows order by due_at limit 1`,
  );
  return row && Math.max(0, row.ms);
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const all: Item[][] = [];
  for (let i = 0; i < items.length; i += size) all.push(items.slice(i, i + size));
  return all;
}
