import { beforeEach, describe, expect, it } from 'vitest';
import { createDice } from '../dice.ts';
import { createWorld, type World } from '../world.ts';
import { createFenceLocks, type FenceLocks } from './locks.ts';

let world: World;
let locks: FenceLocks;
let seen: string[];

beforeEach(() => {
  world = createWorld(createDice('locks'));
  locks = createFenceLocks(world);
  seen = [];
});

async function hold(mode: 'share' | 'exclusive', name: string, forMs: number): Promise<void> {
  const release = await locks[mode]('engine', 50);
  seen.push(release === undefined ? `${name} is refused` : `${name} at ${world.now}`);
  if (release !== undefined) world.after(forMs, release);
}

const live = () => world.live(() => true);

describe('the locks on a fence', () => {
  it('are shared by those who write', async () => {
    void hold('share', 'a', 10);
    void hold('share', 'b', 10);
    await live();
    expect(seen).toEqual(['a at 0', 'b at 0']);
  });

  it('are taken whole only when nobody writes any more', async () => {
    void hold('share', 'a', 10);
    void hold('exclusive', 'taker', 5);
    world.after(12, () => void hold('share', 'b', 1));
    await live();
    expect(seen).toEqual(['a at 0', 'taker at 10', 'b at 15']);
  });

  it('are not waited for any longer than asked', async () => {
    void hold('share', 'a', 100);
    void hold('exclusive', 'taker', 5);
    await live();
    expect(seen).toEqual(['a at 0', 'taker is refused']);
  });

  it('are free after a restart, and those who waited are refused', async () => {
    void hold('exclusive', 'taker', 1_000);
    void hold('share', 'a', 1);
    world.after(5, () => locks.reset());
    world.after(6, () => void hold('share', 'b', 1));
    await live();
    expect(seen).toEqual(['taker at 0', 'a is refused', 'b at 6']);
  });
});
