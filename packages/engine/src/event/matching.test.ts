import { describe, expect, it } from 'vitest';
import type { KeptEvent, SubscriptionChange } from '../ports/event-store.ts';
import { checkEventFilter, createEventMatching } from './matching.ts';

const event = (over: Partial<KeptEvent> = {}): KeptEvent => ({
  eventId: '0199a1b2-7c3d-7000-8000-006c7d8e9f0a',
  owner: 'ann',
  topic: 'orders.created',
  payload: { amount: 12, tags: ['new'] },
  origin: 'api',
  publishedBy: 'ann',
  triggered: 0,
  ...over,
});
const subscription = (over: Partial<SubscriptionChange> = {}): SubscriptionChange => ({
  subscriptionId: 's1',
  owner: 'ann',
  everyone: false,
  pattern: 'orders.*',
  filter: null,
  debounceMs: null,
  batch: null,
  removed: false,
  ...over,
});

function matchingOf(...changes: readonly SubscriptionChange[]) {
  const matching = createEventMatching();
  matching.learn(changes, changes.length);
  return (over?: Partial<KeptEvent>) =>
    matching.subscriptionsFor(event(over)).map(({ subscriptionId }) => subscriptionId);
}

describe('an event', () => {
  it('is for the subscriptions of its owner whose pattern fits', () => {
    const match = matchingOf(
      subscription(),
      subscription({ subscriptionId: 's2', pattern: '#' }),
      subscription({ subscriptionId: 's3', pattern: 'other' }),
      subscription({ subscriptionId: 's4', owner: 'eve' }),
    );
    expect(match().sort()).toEqual(['s1', 's2']);
    expect(match({ owner: 'eve' })).toEqual(['s4']);
  });

  it('is for those of everyone, whoever owns it', () => {
    const match = matchingOf(subscription({ owner: 'admin', everyone: true }));
    expect(match({ owner: 'eve' })).toEqual(['s1']);
  });

  it.each<[string, boolean]>([
    ['event.payload.amount > 10', true],
    ['event.payload.amount > 12', false],
    ['"new" in event.payload.tags', true],
    ['event.topic == "orders.created" && event.published_by == "ann"', true],
    ['event.cloudevent == null', true],
    ['timestamp(event.published_at) <= now', true],
    ['event.payload.missing > 1', false],
    ['event.payload.amount', false],
  ])('passes the filter %s: %s', (filter, passes) => {
    expect(matchingOf(subscription({ filter }))().length > 0).toBe(passes);
  });

  it('is for nobody any more who is gone or has changed', () => {
    const matching = createEventMatching();
    matching.learn([subscription()], 1);
    matching.learn([subscription({ pattern: 'elsewhere' })], 2);
    expect(matching.subscriptionsFor(event())).toEqual([]);
    matching.learn([subscription({ removed: true, pattern: 'elsewhere' })], 3);
    expect(matching.subscriptionsFor(event({ topic: 'elsewhere' }))).toEqual([]);
    expect(matching.version).toBe(3);
  });

  it('passes no filter that cannot be read any more', () => {
    expect(matchingOf(subscription({ filter: 'event.' }))()).toEqual([]);
  });

  it('answers who waits, by owner, pattern and filter', () => {
    const { answers } = createEventMatching();
    const waiter = { runId: 'r', waitKey: 'k', owner: 'ann', pattern: 'orders.#', filter: null };
    expect(answers(waiter, event())).toBe(true);
    expect(answers({ ...waiter, owner: 'eve' }, event())).toBe(false);
    expect(answers({ ...waiter, pattern: 'x' }, event())).toBe(false);
    expect(answers({ ...waiter, filter: 'event.payload.amount == 12' }, event())).toBe(true);
    expect(answers({ ...waiter, filter: 'event.payload.amount == 13' }, event())).toBe(false);
  });
});

describe('a filter', () => {
  it('is checked when it comes in', () => {
    expect(() =>
      checkEventFilter('event.payload.a == 1 && now > timestamp("2026-01-01T00:00:00Z")'),
    ).not.toThrow();
    for (const filter of ['event.', 'evnt.payload', 'steps.a', 'params.x == 1']) {
      expect(() => checkEventFilter(filter)).toThrow();
    }
  });
});
