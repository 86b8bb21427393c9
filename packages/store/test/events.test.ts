/** What publishing does besides the rows: matches, windows, waiters, and all of it once. */
import { randomUUID } from 'node:crypto';
import {
  createEventMatching,
  type EventStore,
  type EventSubscription,
  type NewEvent,
  type PublishedEvent,
} from '@tenuto/engine';
import { createDatabase } from '@tenuto/testkit';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEventStore } from '../src/event-store.ts';
import { putSubscription, removeSubscription } from '../src/queries/event-subscriptions.ts';
import { makePartitions } from '../src/queries/partitions.ts';
import { transaction } from '../src/queries/transaction.ts';
import { ADMIN } from './api-desk.ts';

let pool: pg.Pool;
let store: EventStore;
let drop: () => Promise<void>;
let matching = createEventMatching();

beforeAll(async () => {
  const database = await createDatabase();
  pool = new pg.Pool({ ...database.connection, max: 12 });
  pool.on('error', () => undefined);
  await makePartitions(pool);
  store = createEventStore(pool);
  drop = async () => {
    await pool.end();
    await database.drop();
  };
});
afterAll(() => drop());
beforeEach(() => {
  matching = createEventMatching();
});

const audit = { actor: 'ann', action: 'event.published', subject: '', details: {} };
const anEvent = (topic: string, over: Partial<NewEvent> = {}): NewEvent => ({
  ...{ owner: 'ann', topic, payload: 1, origin: 'api', publishedBy: 'ann' },
  ...over,
});
async function publish(...events: NewEvent[]): Promise<readonly PublishedEvent[]> {
  const [result] = await store.publish([{ events, audit }], matching);
  if (result === undefined || result === 'used') throw new Error('not published');
  return result;
}
async function subscribe(over: Partial<EventSubscription>): Promise<string> {
  const subscription: EventSubscription = {
    ...{ subscriptionId: randomUUID(), owner: 'ann', everyone: false, pattern: '#' },
    ...{ filter: null, debounceMs: null, batch: null },
    ...over,
  };
  await transaction(pool, (session) => putSubscription(session, subscription));
  return subscription.subscriptionId;
}
const unsubscribe = (id: string) => transaction(pool, (session) => removeSubscription(session, id));
const matchesOf = async (id: string) =>
  (
    await pool.query<{ event_id: string }>(
      'select event_id from event_matches where subscription_id = $1 order by event_id',
      [id],
    )
  ).rows.map((row) => row.event_id);
const windows = async (id: string) =>
  (await pool.query('select * from event_windows where subscription_id = $1', [id])).rows;

describe('a subscription', () => {
  it('is matched by every event from its commit on, until it is taken away', async () => {
    await publish(anEvent('sub.one'));
    const id = await subscribe({ pattern: 'sub.*' });
    const [one] = await publish(anEvent('sub.one'));
    const [two, other] = await publish(anEvent('sub.two'), anEvent('other'));
    expect(other?.triggered).toBe(0);
    expect(await matchesOf(id)).toEqual([one?.eventId, two?.eventId]);
    await unsubscribe(id);
    await publish(anEvent('sub.one'));
    expect(await matchesOf(id)).toHaveLength(2);
    await unsubscribe(id);
  });

  it('is known to every server at once, whoever made it', async () => {
    const others = Array.from({ length: 5 }, () => createEventMatching());
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      ids.push(await subscribe({ pattern: 'sub.many' }));
      const results = await Promise.all(
        others.map((other) => store.publish([{ events: [anEvent('sub.many')], audit }], other)),
      );
      const eventIds = results.map(([result]) => result !== 'used' && result?.[0]?.eventId);
      const { rows } = await pool.query(
        `select count(*)::int as n from event_matches where event_id = any($1::uuid[])
         group by event_id`,
        [eventIds],
      );
      expect(rows).toEqual(eventIds.map(() => ({ n: i + 1 })));
    }
    for (const id of ids) await unsubscribe(id);
  });

  it('is matched once by an event that is published ten times', async () => {
    const id = await subscribe({ pattern: 'sub.same' });
    const identity = Buffer.alloc(32, 7);
    await Promise.all(Array.from({ length: 10 }, () => publish(anEvent('sub.same', { identity }))));
    expect(await matchesOf(id)).toHaveLength(1);
    await unsubscribe(id);
  });

  it('gathers events until its window closes', async () => {
    const id = await subscribe({ pattern: 'sub.batch', batch: { events: 3, ms: 3_600_000 } });
    await publish(anEvent('sub.batch'));
    await publish(anEvent('sub.batch'));
    expect(await store.closeWindows()).toBe(0);
    expect(await store.nextWindowMs()).toBeGreaterThan(3_000_000);
    await publish(anEvent('sub.batch'));
    expect(await store.nextWindowMs()).toBe(0);
    expect(await store.closeWindows()).toBe(1);
    expect(await windows(id)).toEqual([]);
    const { rowCount } = await pool.query('select from event_window_items');
    expect(rowCount).toBe(0);
    expect(await matchesOf(id)).toHaveLength(3);
    await unsubscribe(id);
  });

  it('waits until nothing has come for a while, but no longer than its batch', async () => {
    const id = await subscribe({ pattern: 'sub.debounce', debounceMs: 60_000 });
    await publish(anEvent('sub.debounce'));
    const [first] = await windows(id);
    await publish(anEvent('sub.debounce'));
    const [second] = await windows(id);
    expect(second.due_at.getTime()).toBeGreaterThan(first.due_at.getTime());
    expect(second.events).toBe(2);
    const both = { pattern: 'sub.both', debounceMs: 60_000, batch: { events: 99, ms: 1_000 } };
    const other = await subscribe(both);
    await publish(anEvent('sub.both'));
    const [window] = await windows(other);
    expect(window.due_at - window.opened_at).toBeLessThanOrEqual(1_001);
    await unsubscribe(id);
    await unsubscribe(other);
    await pool.query('update event_windows set due_at = now()');
    expect(await store.closeWindows()).toBe(2);
    expect(await windows(id)).toEqual([]);
  });

  it('has its windows closed once, by whichever server comes first', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, () =>
        subscribe({ pattern: 'sub.closing', batch: { events: 1, ms: 1_000 } }),
      ),
    );
    await publish(anEvent('sub.closing'));
    const closed = await Promise.all(Array.from({ length: 5 }, () => store.closeWindows()));
    expect(closed.reduce((sum, count) => sum + count, 0)).toBe(20);
    for (const id of ids) await unsubscribe(id);
  });
});

describe('ids', () => {
  it('rise in the order of commits, whoever publishes', async () => {
    const seen: string[] = [];
    let last = (await store.head()).lastId;
    let done = false;
    const reading = (async () => {
      while (!done || (await store.after(last, 1)).length > 0) {
        for (const { eventId } of await store.after(last, 100)) {
          seen.push(eventId);
          last = eventId;
        }
      }
    })();
    const all = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const one = createEventMatching();
        const [result] = await store.publish([{ events: [anEvent(`order.${i}`)], audit }], one);
        return result === 'used' ? '' : (result?.[0]?.eventId ?? '');
      }),
    );
    done = true;
    await reading;
    expect(seen).toEqual(all.toSorted());
  });
});

describe('what is old', () => {
  it('is not read any more, then it is gone, but for what a window holds', async () => {
    const id = await subscribe({ pattern: 'old.held', batch: { events: 9, ms: 3_600_000 } });
    await publish(anEvent('old.one', { identity: Buffer.alloc(32, 1) }), anEvent('old.held'));
    const { removed } = await store.cleanUp(0);
    expect(removed).toBeGreaterThanOrEqual(2);
    expect((await store.recent(ADMIN, {}, { limit: 10, offset: 0 })).items).toEqual([]);
    expect((await store.topics(ADMIN, { limit: 10, offset: 0 })).items).toEqual([]);
    while ((await store.sweep()) > 0);
    const { rows } = await pool.query('select topic from events');
    expect(rows).toEqual([{ topic: 'old.held' }]);
    expect((await pool.query('select from event_keys')).rowCount).toBe(0);
    await pool.query('update event_windows set due_at = now()');
    expect(await store.closeWindows()).toBe(1);
    while ((await store.sweep()) > 0);
    expect((await pool.query('select from events')).rowCount).toBe(0);
    await unsubscribe(id);
    await publish(anEvent('old.one', { identity: Buffer.alloc(32, 1) }));
    expect((await store.recent(ADMIN, {}, { limit: 10, offset: 0 })).items).toHaveLength(1);
  });
});

describe('a transaction that fails', () => {
  it('publishes nothing of it', async () => {
    const before = (await store.head()).lastId;
    const bad = anEvent('bad', { origin: 'nowhere' as NewEvent['origin'] });
    await expect(publish(anEvent('good'), bad)).rejects.toThrow();
    expect((await store.head()).lastId).toBe(before);
    expect((await store.after(before, 10)).length).toBe(0);
  });
});
