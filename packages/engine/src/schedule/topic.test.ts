import { ScheduleError } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTopicPattern, topicMatches } from './topic.ts';

describe('a topic pattern', () => {
  it.each([
    ['orders.created', 'orders.created', true],
    ['orders.created', 'orders.deleted', false],
    ['orders.*', 'orders.created', true],
    ['orders.*', 'orders', false],
    ['orders.*', 'orders.eu.created', false],
    ['*.created', 'orders.created', true],
    ['#', 'anything.at.all', true],
    ['orders.#', 'orders', true],
    ['orders.#', 'orders.eu.created', true],
    ['orders.#', 'ordersx', false],
    ['#.created', 'created', true],
    ['#.created', 'orders.eu.created', true],
    ['a.#.b.#.c', 'a.b.c', true],
    ['a.#.b.#.c', 'a.x.b.y.z.c', true],
    ['a.#.b.#.c', 'a.x.c', false],
    ['a.#.*', 'a', false],
    ['a.#.*', 'a.b.c', true],
    ['#.*.#', 'one', true],
  ])('%s and %s: %s', (pattern, topic, expected) => {
    expect(topicMatches(pattern, topic)).toBe(expected);
  });

  it.each(['', 'a..b', '.a', 'a.', 'a.b*', '#a', '**'])('"%s" is refused', (pattern) => {
    expect(() => compileTopicPattern(pattern)).toThrow(ScheduleError);
  });

  it('matches what a search over all ways to take segments finds', () => {
    const segment = fc.constantFrom('a', 'b');
    const wild = fc.constantFrom('a', 'b', '*', '#');
    const texts = fc.tuple(
      fc.array(wild, { minLength: 1, maxLength: 6 }),
      fc.array(segment, { minLength: 1, maxLength: 7 }),
    );
    const search = (pattern: readonly string[], topic: readonly string[]): boolean => {
      const [first, ...rest] = pattern;
      if (first === undefined) return topic.length === 0;
      if (first === '#')
        return search(rest, topic) || (topic.length > 0 && search(pattern, topic.slice(1)));
      return (
        topic.length > 0 && (first === '*' || first === topic[0]) && search(rest, topic.slice(1))
      );
    };
    fc.assert(
      fc.property(texts, ([pattern, topic]) => {
        expect(topicMatches(pattern.join('.'), topic.join('.'))).toBe(search(pattern, topic));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of many wildcards is decided quickly', () => {
    const pattern = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? '#' : 'a')).join('.');
    expect(topicMatches(`${pattern}.z`, 'a.'.repeat(5_000).slice(0, -1))).toBe(false);
  });
});
