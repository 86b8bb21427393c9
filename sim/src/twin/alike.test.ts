import { describe, expect, it } from 'vitest';
import { difference, inOneOrder } from './alike.ts';

describe('two answers', () => {
  it('are the same when all in them is', () => {
    const answer = { runId: 'a', entries: [{ seq: 1, event: { at: 5, error: null } }] };
    expect(difference(answer, structuredClone(answer))).toBeUndefined();
    expect(difference(undefined, undefined)).toBeUndefined();
    expect(difference({ a: 1, b: undefined }, { a: 1 })).toBeUndefined();
  });

  it('may differ by less than what times lose in the database', () => {
    expect(
      difference({ at: 1_767_571_200_123.456 }, { at: 1_767_571_200_123.457 }),
    ).toBeUndefined();
    expect(difference({ at: 1.5 }, { at: 1 })).toBe('.at: 1.5 by the model, 1 by PostgreSQL');
    expect(difference(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBeUndefined();
  });

  it('are told apart by the first place where they differ', () => {
    const [one, other] = [
      { runs: [{ id: 'a' }, { id: 'b' }] },
      { runs: [{ id: 'a' }, { id: 'c' }] },
    ];
    expect(difference(one, other)).toBe('.runs[1].id: "b" by the model, "c" by PostgreSQL');
    expect(difference([1], [1, 2])).toBe('.length: 1 by the model, 2 by PostgreSQL');
    expect(difference({ a: null }, {})).toContain('null by the model, undefined by PostgreSQL');
    expect(difference('1', 1)).toContain('"1" by the model, 1 by PostgreSQL');
  });
});

it('puts items into one order, by their ids where they have some', () => {
  expect(inOneOrder(['b', 'a'])).toEqual(['a', 'b']);
  expect(inOneOrder([{ runId: 'b' }, { runId: 'a', x: 1 }])).toEqual([
    { runId: 'a', x: 1 },
    { runId: 'b' },
  ]);
  expect(
    inOneOrder([
      { node: 1, attempt: 2 },
      { node: 1, attempt: 1 },
    ]),
  ).toEqual([
    { node: 1, attempt: 1 },
    { node: 1, attempt: 2 },
  ]);
});
