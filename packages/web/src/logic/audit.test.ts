import { describe, expect, it } from 'vitest';
import { briefly, differencesOf, placeOf } from './audit.ts';

describe('the subject of a change', () => {
  it.each([
    ['job.created', 'r-1', { to: '/runs/r-1' }],
    ['task.updated', 't/1', { to: '/tasks/t%2F1' }],
    ['circuit.tripped', 'a b', { to: '/system/circuits', search: { circuit: 'a b' } }],
    ['secret.created', 's-1', { to: '/system/secrets' }],
    ['task.deleted', 't-1', undefined],
    ['constructor.created', 'x', undefined],
    ['session.created', 'ana', undefined],
  ])('of %s on %s is looked at in its place', (action, subject, place) => {
    expect(placeOf(action, subject)).toEqual(place);
  });
});

describe('the details of a change', () => {
  it('are compared where both sides are told', () => {
    const details = { before: { a: 1, b: [1], c: 'x' }, after: { a: 2, b: [1], d: true } };
    expect(differencesOf(details)).toEqual([
      { field: 'a', before: 1, after: 2 },
      { field: 'c', before: 'x', after: undefined },
      { field: 'd', before: undefined, after: true },
    ]);
    expect(differencesOf({ name: 'x' })).toBeUndefined();
    expect(differencesOf({ before: 1, after: { a: 1 } })).toBeUndefined();
  });

  it('are told in a few words', () => {
    const hash = 'ab'.repeat(32);
    const details = { job_type: 'dag', note: null, hash, fields: ['a'], more: 1, last: 2 };
    expect(briefly(details)).toBe('job type dag · fields ["a"] · more 1');
  });
});
