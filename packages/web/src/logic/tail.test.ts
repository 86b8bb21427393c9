import type { EventView } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { filledIn, found, type TailItem, withEvents, withGap, withOlder } from './tail.ts';
import { topicMatches, topicSuggestions } from './topic-pattern.ts';
import { ratesOf, rateText } from './topic-rates.ts';

const event = (id: string, over: Partial<EventView> = {}): EventView => ({
  ...{ event_id: id, stream_id: id, topic: 'orders.created', payload: { order: id } },
  ...{ source_agent_id: null, dedupe_id: null, origin: 'api', owner: 'ana', published_by: 'ana' },
  ...{ published_at: '2026-01-01T00:00:00.000Z', replay_of: null, triggered_tasks: 0, ...over },
});
const keys = (items: readonly TailItem[]) => items.map(({ key }) => key.split(' ')[0]);

describe('a tail', () => {
  it('has the newest first, each once', () => {
    const shown = withEvents(withOlder([], [event('b'), event('a')]), [
      event('b'),
      event('c'),
      event('d'),
    ]);
    expect(keys(shown)).toEqual(['d', 'c', 'b', 'a']);
    expect(keys(withOlder(shown, [event('a'), event('0')]))).toEqual(['d', 'c', 'b', 'a', '0']);
  });

  it('shows when nothing could be heard, and what came of that time', () => {
    const from = Date.parse('2026-01-01T00:00:10Z');
    const gap = { from, to: from + 5_000 };
    const behind = withGap(withOlder([], [event('a')]), gap);
    const late = event('b', { published_at: '2026-01-01T00:00:12.000Z' });
    const shown = withEvents(behind, [late, event('c', { published_at: '2026-01-01T00:00:20Z' })]);
    expect(keys(shown)).toEqual(['c', 'b', 'gap', 'a']);
    expect(filledIn(shown, gap)).toBe(1);
  });

  it('is searched by topic, payload and ids', () => {
    const items = withOlder([], [event('a'), event('b', { topic: 'x', dedupe_id: 'Key-7' })]);
    expect(keys(found(items, 'ORDERS.'))).toEqual(['a']);
    expect(keys(found(items, 'key-7'))).toEqual(['b']);
    expect(found(items, ' ')).toHaveLength(2);
  });
});

describe('patterns of topics', () => {
  it.each([
    ['orders.*', 'orders.created', true],
    ['orders.*', 'orders', false],
    ['orders.*', 'orders.eu.created', false],
    ['orders.#', 'orders', true],
    ['orders.#', 'orders.eu.created', true],
    ['#.created', 'created', true],
    ['#.created', 'orders.eu.created', true],
    ['*.#.x', 'a.x', true],
    ['#', 'anything.at.all', true],
    ['orders.created', 'orders.paid', false],
  ])('%s and %s: %s', (pattern, topic, fits) => {
    expect(topicMatches(pattern, topic)).toBe(fits);
  });

  it('are suggested where they stand for several', () => {
    expect(topicSuggestions(['orders.created', 'orders.paid', 'deploys.done'])).toEqual([
      ...['deploys.done', 'orders.#', 'orders.*', 'orders.created', 'orders.paid'],
    ]);
  });
});

it('rates are those of the last minute', () => {
  const counts = (n: number) => new Map([['a', n]]);
  const first = ratesOf([], { at: 0, counts: counts(10) });
  expect(first.rates.size).toBe(0);
  const later = ratesOf(first.kept, { at: 30_000, counts: counts(25) });
  expect(rateText(later.rates.get('a'))).toBe('30/min');
  const last = ratesOf(later.kept, { at: 80_000, counts: counts(25) });
  expect(rateText(last.rates.get('a'))).toBe('');
});

it('rates say nothing before the topics have been read', () => {
  const { kept, rates } = ratesOf([], { at: 0, counts: new Map() });
  expect([kept, rates.size]).toEqual([[], 0]);
});
