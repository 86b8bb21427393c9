import { randomBytes } from 'node:crypto';
import { timeOfId } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  eventIdFloor,
  eventIdOfStream,
  eventIdsAfter,
  FIRST_EVENT_ID,
  streamIdOf,
} from './event-id.ts';

const random = (bytes: number) => randomBytes(bytes);
const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('ids of events', () => {
  it('are UUIDs of version 7 that rise, whatever the clock does', () => {
    const clocks = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 2 ** 41 }), fc.integer({ min: 1, max: 5 })),
    );
    fc.assert(
      fc.property(clocks, (steps) => {
        let last = FIRST_EVENT_ID;
        const all: string[] = [];
        for (const [nowMs, count] of steps) {
          const ids = eventIdsAfter(last, { nowMs, count, random });
          expect(ids).toHaveLength(count);
          for (const id of ids) expect(id).toMatch(UUID_7);
          all.push(...ids);
          last = ids.at(-1) ?? last;
        }
        expect(all).toEqual([...new Set(all)].sort());
      }),
    );
  });

  it('hold the time, or that of the last one when the clock is behind', () => {
    const [first = ''] = eventIdsAfter(FIRST_EVENT_ID, { nowMs: 5_000.7, count: 1, random });
    expect(timeOfId(first)).toBe(5_000);
    const [second = ''] = eventIdsAfter(first, { nowMs: 10, count: 1, random });
    expect(timeOfId(second)).toBe(5_000);
  });

  it('give an entry of a stream each, in the same order, and back', () => {
    const ids = eventIdsAfter(FIRST_EVENT_ID, { nowMs: 1_700_000_000_000, count: 3, random });
    expect(ids.map(streamIdOf)).toEqual([
      ...['1700000000000-0', '1700000000000-1', '1700000000000-2'],
    ]);
    for (const [i, id] of ids.entries()) {
      const highest = eventIdOfStream(streamIdOf(id)) ?? '';
      expect(highest >= id).toBe(true);
      expect(highest < (ids[i + 1] ?? '~')).toBe(true);
      expect(streamIdOf(highest)).toBe(streamIdOf(id));
    }
    for (const none of ['', '1', '1-', '-1', 'a-b', '1-99999999999999', '999999999999999-0']) {
      expect([none, eventIdOfStream(none)]).toEqual([none, undefined]);
    }
  });

  it('have millions of places in one millisecond', () => {
    let last = eventIdFloor(7);
    const many = eventIdsAfter(last, { nowMs: 7, count: 100_000, random });
    expect(streamIdOf(many.at(-1) ?? '')).toBe('7-100000');
    last = many.at(-1) ?? '';
    expect(streamIdOf(eventIdsAfter(last, { nowMs: 7, count: 1, random })[0] ?? '')).toBe(
      '7-100001',
    );
  });

  it('begin a millisecond with its floor', () => {
    expect(
      eventIdFloor(7) <= (eventIdsAfter(FIRST_EVENT_ID, { nowMs: 7, count: 1, random })[0] ?? ''),
    ).toBe(true);
    expect(timeOfId(eventIdFloor(7))).toBe(7);
  });
});
