import { describe, expect, test } from 'vitest';
import { createManualClock } from '../test/manual-clock.ts';
import { someOwned } from '../test/owned-run.ts';
import { createSlots } from './slots.ts';

/** Slots with a clock, and how often they said that they are free again. */
function makeSlots(limit: number) {
  const clock = createManualClock();
  const told = { free: 0 };
  const slots = createSlots({
    limit,
    after: (ms, run) => clock.after(ms, run),
    onFree: () => {
      told.free += 1;
    },
  });
  return { slots, clock, told };
}

describe('slots', () => {
  test('are free until the limit, and again when one is given back', () => {
    const { slots } = makeSlots(2);
    slots.take();
    expect(slots.free).toBe(true);
    slots.take();
    expect(slots).toMatchObject({ free: false, used: 2 });
    slots.give();
    expect(slots).toMatchObject({ free: true, used: 1 });
  });

  test('go to those that wait in turn, each once', () => {
    const { slots } = makeSlots(1);
    const [a, b] = [someOwned(), someOwned()];
    slots.take();
    slots.wait(a);
    slots.wait(b);
    slots.wait(a);
    expect(slots.next()).toBeUndefined();
    slots.give();
    expect([slots.next(), slots.next(), slots.next()]).toEqual([a, b, undefined]);
    expect(slots.contended).toBe(false);
  });
});

describe('a node that runs alone', () => {
  test('starts when nothing else goes on, and keeps others out until it has ended', () => {
    const { slots, told } = makeSlots(5);
    slots.take();
    slots.take();
    let started = 0;
    slots.alone(() => {
      started += 1;
    });
    expect(slots).toMatchObject({ closed: true, free: false });
    slots.wait(someOwned());
    expect(slots.next()).toBeUndefined();
    slots.give();
    expect(started).toBe(0);
    slots.give();
    expect(started).toBe(1);
    expect(slots).toMatchObject({ used: 1, free: false });
    slots.give();
    expect(slots).toMatchObject({ used: 0, free: true, closed: false });
    expect(told.free).toBe(1);
  });

  test('comes after the one before it', () => {
    const { slots } = makeSlots(5);
    const order: string[] = [];
    slots.alone(() => order.push('a'));
    slots.alone(() => order.push('b'));
    expect(order).toEqual(['a']);
    slots.give();
    expect(order).toEqual(['a', 'b']);
    slots.give();
    expect(slots.free).toBe(true);
  });

  test('starts after a while although others go on', async () => {
    const { slots, clock } = makeSlots(5);
    slots.take();
    let started = false;
    slots.alone(() => {
      started = true;
    });
    await clock.advance(29_999);
    expect(started).toBe(false);
    await clock.advance(1);
    expect(started).toBe(true);
    expect(slots.used).toBe(2);
  });

  test('has the engine to itself for a while only: what goes on for hours holds nobody up', async () => {
    const { slots, clock, told } = makeSlots(5);
    slots.alone(() => undefined);
    await clock.advance(59_999);
    expect(slots.free).toBe(false);
    await clock.advance(1);
    expect(slots).toMatchObject({ free: true, used: 1 });
    expect(told.free).toBe(1);
    slots.give();
    expect(slots).toMatchObject({ free: true, used: 0 });
  });

  test('and was given up while it waited gives its slot to the next', () => {
    const { slots } = makeSlots(5);
    const order: string[] = [];
    slots.take();
    slots.alone(() => slots.give());
    slots.alone(() => order.push('next'));
    slots.give();
    expect(order).toEqual(['next']);
    slots.give();
    expect(slots).toMatchObject({ free: true, used: 0, closed: false });
  });
});
