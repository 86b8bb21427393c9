import type { EventMatching, SubscriptionChange } from '@tenuto/engine';
import type { Session } from './transaction.ts';

export interface EventHead {
  readonly last_id: string;
  readonly floor_id: string;
  /** Milliseconds since the epoch, by the clock of the database. */
  readonly now: number;
  /** Random bytes. */
  readonly seed: Buffer;
}

/**
 * Locks the head of the events until the end of the transaction: nobody else publishes or begins to
 * wait meanwhile. What must be known for that is to be read in later statements.
 */
export async function lockHead(session: Session): Promise<EventHead> {
  const { rows } = await session.query<EventHead>(
    `select last_id, floor_id,
       (extract(epoch from clock_timestamp()) * 1000)::float8 as now,
       uuid_send(gen_random_uuid()) as seed
     from event_head for update`,
  );
  const [head] = rows;
  if (head === undefined) throw new Error('there is no head of the events');
  return head;
}

interface SubscriptionRow {
  readonly subscription_id: string;
  readonly owner: string;
  readonly everyone: boolean;
  readonly pattern: string;
  readonly filter: string | null;
  readonly debounce_ms: number | null;
  readonly batch_events: number | null;
  readonly batch_ms: number | null;
  readonly removed: boolean;
  readonly version: string;
}

/**
 * Lets a matching learn what it does not know yet of the subscriptions: all that was committed
 * before this statement.
 */
export async function learnSubscriptions(session: Session, matching: EventMatching): Promise<void> {
  const { rows } = await session.query<SubscriptionRow>(
    `select subscription_id, owner, everyone, pattern, filter, debounce_ms, batch_events, batch_ms,
       removed, version
     from event_subscriptions where version > $1 order by version`,
    [matching.version],
  );
  const last = rows.at(-1);
  if (last !== undefined) matching.learn(rows.map(changeOf), Number(last.version));
}

function changeOf(row: SubscriptionRow): SubscriptionChange {
  const { batch_events: events, batch_ms: ms } = row;
  return {
    subscriptionId: row.subscription_id,
    owner: row.owner,
    everyone: row.everyone,
    pattern: row.pattern,
    filter: row.filter,
    debounceMs: row.debounce_ms,
    batch: events === null || ms === null ? null : { events, ms },
    removed: row.removed,
  };
}
