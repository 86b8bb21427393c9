import { beforeEach, describe, expect, it } from 'vitest';
import { createDice } from './dice.ts';
import { createHost, type Host } from './host.ts';
import { createWorld, EPOCH_MS, type World } from './world.ts';

const RIGHT = { skewMs: 0, drift: 0, monoDrift: 0 };

let world: World;
let host: Host;
let seen: string[];

beforeEach(() => {
  const dice = createDice('host');
  world = createWorld(dice);
  host = createHost(world, dice, { name: 'h', engineId: 'e', ...RIGHT });
  seen = [];
});

const live = () => world.live(() => true);

describe('a dead process', () => {
  it('gets nothing any more, and its timers never fire', async () => {
    host.clock.after(5, () => seen.push('timer'));
    world.after(1, () => host.kill());
    world.after(2, () => host.deliver(() => seen.push('reply')));
    await live();
    expect(seen).toEqual([]);
    expect(host.state).toBe('dead');
  });

  it('acts in no step any more, while the living act in theirs', async () => {
    world.after(1, () => host.deliver(() => seen.push(String(world.actor === host))));
    world.after(2, () => seen.push(String(world.actor)));
    await live();
    expect(seen).toEqual(['true', 'undefined']);
  });

  it('is mourned once, also by those who come late', () => {
    host.onDeath(() => seen.push('early'));
    host.kill();
    host.kill();
    host.onDeath(() => seen.push('late'));
    expect(seen).toEqual(['early', 'late']);
  });
});

describe('a frozen process', () => {
  it('gets all that came meanwhile when it is thawed, and not before', async () => {
    host.clock.after(5, () => seen.push(`timer at ${world.now >= 100}`));
    host.freeze();
    world.after(7, () => host.deliver(() => seen.push(`reply at ${world.now >= 100}`)));
    world.after(100, () => host.thaw());
    await live();
    expect(seen.toSorted()).toEqual(['reply at true', 'timer at true']);
  });

  it('does not run a timer that it cancels first after the thaw', async () => {
    const cancel = host.clock.after(5, () => seen.push('timer'));
    host.freeze();
    world.after(10, () => {
      host.thaw();
      cancel();
    });
    await live();
    expect(seen).toEqual([]);
    expect(host.timers).toBe(0);
  });
});

describe('its clocks', () => {
  it('jump on the wall and go on evenly otherwise', async () => {
    world.after(10, () => host.jump(-3_600_000));
    world.after(20, () => undefined);
    await live();
    expect(host.clock.wall()).toBe(EPOCH_MS + 20 - 3_600_000);
    expect(host.clock.mono()).toBe(20);
  });

  it('may go too fast or too slow, and timers with them', async () => {
    const fast = createHost(world, createDice('fast'), {
      ...{ name: 'f', engineId: 'f', skewMs: 0, drift: 0.1, monoDrift: 0.25 },
    });
    fast.clock.after(100, () => seen.push(`timer at ${world.now}`));
    await live();
    expect(seen).toEqual(['timer at 80']);
    expect(fast.clock.mono()).toBe(100);
    expect(fast.clock.wall()).toBeCloseTo(EPOCH_MS + 88);
  });
});
