import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDice } from './dice.ts';
import { createWorld } from './world.ts';

describe('the world', () => {
  it('lets everything happen in the order of its time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 })), async (delays) => {
        const world = createWorld(createDice('order'));
        const seen: number[] = [];
        for (const ms of delays) world.after(ms, () => seen.push(world.now));
        await world.live(() => true);
        expect(seen).toEqual(delays.toSorted((a, b) => a - b));
      }),
    );
  });

  it('does not let happen what was cancelled', async () => {
    const world = createWorld(createDice('cancel'));
    const seen: string[] = [];
    const cancel = world.after(1, () => seen.push('never'));
    world.after(0, cancel);
    world.after(2, () => seen.push('later'));
    await world.live(() => true);
    expect(seen).toEqual(['later']);
  });

  it('settles every promise that follows from a moment before the next one', async () => {
    const world = createWorld(createDice('settle'));
    const seen: string[] = [];
    void (async () => {
      await world.sleep(1);
      for (let i = 0; i < 50; i += 1) await null;
      seen.push('first');
    })();
    world.after(1.001, () => seen.push('second'));
    await world.live(() => true);
    expect(seen).toEqual(['first', 'second']);
  });

  it('draws what comes first of two things at one time, by its seed', async () => {
    const order = async (seed: string) => {
      const world = createWorld(createDice(seed));
      const seen: number[] = [];
      for (let i = 0; i < 8; i += 1) world.after(1, () => seen.push(i));
      await world.live(() => true);
      return seen.join();
    };
    expect(await order('a')).toBe(await order('a'));
    const orders = await Promise.all(['a', 'b', 'c', 'd'].map(order));
    expect(new Set(orders).size).toBeGreaterThan(1);
  });

  it('stands still when nobody wants it to go on', async () => {
    const world = createWorld(createDice('still'));
    for (let i = 1; i <= 10; i += 1) world.after(i, () => undefined);
    await world.live(() => world.now < 5);
    expect(world.now).toBe(5);
    expect(world.steps).toBe(5);
  });
});
