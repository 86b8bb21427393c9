import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPattern, patternPrefix, topicMatches } from './topic.ts';
import { createTopicIndex } from './topic-index.ts';

describe('a pattern', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a.c', false],
    ['a.b', 'a', false],
    ['a', 'a.b', false],
    ['*', 'a', true],
    ['*', 'a.b', false],
    ['a.*', 'a.b', true],
    ['a.*', 'a', false],
    ['a.*', 'a.b.c', false],
    ['a.*.c', 'a.b.c', true],
    ['a.*.c', 'a..c', true],
    ['#', 'a.b.c', true],
    ['a.#', 'a', true],
    ['a.#', 'a.b.c', true],
    ['a.#', 'b.a', false],
    ['a.#', 'ab', false],
    ['#.c', 'a.b.c', true],
    ['#.c', 'c', true],
    ['#.c', 'c.d', false],
    ['a.#.z', 'a.z', true],
    ['a.#.z', 'a.b.c.z', true],
    ['a.#.*', 'a', false],
    ['a.#.*', 'a.b', true],
    ['#.#', 'a', true],
    ['#.b.#', 'a.b.c', true],
    ['#.b.#', 'a.c', false],
    ['a*', 'ab', false],
    ['a*', 'a*', true],
    ['A.b', 'a.b', false],
  ])('%s matches %s: %s', (pattern, topic, matches) => {
    expect(topicMatches(pattern, topic)).toBe(matches);
  });

  it('takes no longer for being contrived', () => {
    const pattern = Array.from({ length: 50 }, () => '#').join('.');
    const topic = `${Array.from({ length: 50 }, () => 'a').join('.')}.b`;
    expect(topicMatches(`${pattern}.c`, topic)).toBe(false);
  });

  it('says whether it is one', () => {
    expect(['a.b', 'a.*', '#', 'a*', 'a.b#'].map(isPattern)).toEqual([
      ...[false, true, true, false, false],
    ]);
  });
});

const segment = fc.constantFrom('a', 'b', 'c');
const topics = fc.array(segment, { minLength: 1, maxLength: 5 }).map((all) => all.join('.'));
const patterns = fc
  .array(fc.oneof(segment, fc.constantFrom('*', '#')), { minLength: 1, maxLength: 5 })
  .map((all) => all.join('.'));

/** The definition, without thinking of time. */
function matches([part, ...rest]: readonly string[], topic: readonly string[]): boolean {
  if (part === undefined) return topic.length === 0;
  if (part === '#') {
    return matches(rest, topic) || (topic.length > 0 && matches(['#', ...rest], topic.slice(1)));
  }
  return topic.length > 0 && (part === '*' || part === topic[0]) && matches(rest, topic.slice(1));
}

describe('matching', () => {
  it('is what the definition says', () => {
    fc.assert(
      fc.property(patterns, topics, (pattern, topic) => {
        expect(topicMatches(pattern, topic)).toBe(matches(pattern.split('.'), topic.split('.')));
      }),
    );
  });

  it('finds in an index what it finds one by one, also after some are gone', () => {
    fc.assert(
      fc.property(fc.array(patterns, { maxLength: 30 }), topics, fc.nat(), (all, topic, gone) => {
        const index = createTopicIndex<number>();
        all.forEach((pattern, i) => {
          index.add(pattern, i);
        });
        const left = all
          .map((pattern, i) => ({ pattern, i }))
          .filter(({ i }) => i % 3 !== gone % 3);
        all.forEach((pattern, i) => {
          if (i % 3 === gone % 3) index.remove(pattern, i);
        });
        const wanted = left.filter(({ pattern }) => topicMatches(pattern, topic));
        expect([...index.find(topic)].sort((a, b) => a - b)).toEqual(wanted.map(({ i }) => i));
      }),
    );
  });

  it('only matches topics that begin as its prefix says', () => {
    fc.assert(
      fc.property(patterns, topics, (pattern, topic) => {
        if (topicMatches(pattern, topic))
          expect(topic.startsWith(patternPrefix(pattern))).toBe(true);
      }),
    );
    expect(['a.b', 'a.*', 'a.#', '*', '#', 'a.b.*.c'].map(patternPrefix)).toEqual([
      ...['a.b', 'a.', 'a', '', '', 'a.b.'],
    ]);
  });
});
