import type { Clock } from '@tenuto/engine';
import type { Dice } from './dice.ts';
import { type Actor, EPOCH_MS, type World } from './world.ts';

/**
 * A process that an engine lives in. What the world has for it comes through `deliver`: a dead
 * process gets nothing any more, a frozen one (SIGSTOP) gets all of it when it is thawed.
 */
export interface Host extends Actor {
  readonly engineId: string;
  readonly state: 'up' | 'frozen' | 'dead';
  readonly clock: Clock;
  /** Timers that are set and have not fired. */
  readonly timers: number;
  deliver(run: () => void): void;
  /** Told once when the process dies, also when it is dead already. */
  onDeath(run: () => void): void;
  kill(): void;
  freeze(): void;
  thaw(): void;
  /** Sets the wall clock forward, or back; the monotonic clock does not notice. */
  jump(ms: number): void;
}

/** What was held up comes within this time after a thaw, in any order. */
const THAW_MS = 5;

export function createHost(
  world: World,
  dice: Dice,
  of: {
    readonly name: string;
    readonly engineId: string;
    readonly skewMs: number;
    /** How much too fast its clocks go, as a part of the time. */
    readonly drift: number;
    readonly monoDrift: number;
  },
): Host {
  const parked: (() => void)[] = [];
  const mourners: (() => void)[] = [];
  let state: Host['state'] = 'up';
  let skewMs = of.skewMs;
  let timers = 0;

  function deliver(run: () => void): void {
    if (state === 'up') world.as(host, run);
    else if (state === 'frozen') parked.push(run);
  }

  const clock = createClock(world, {
    deliver,
    wall: () => EPOCH_MS + world.now * (1 + of.drift) + skewMs,
    monoRate: 1 + of.monoDrift,
    count(change) {
      timers += change;
    },
  });

  const host: Host = {
    name: of.name,
    engineId: of.engineId,
    clock,
    get state() {
      return state;
    },
    get timers() {
      return timers;
    },
    deliver,
    onDeath(run) {
      if (state === 'dead') run();
      else mourners.push(run);
    },
    kill() {
      if (state === 'dead') return;
      state = 'dead';
      parked.length = 0;
      for (const run of mourners.splice(0)) run();
    },
    freeze() {
      if (state === 'up') state = 'frozen';
    },
    thaw() {
      if (state !== 'frozen') return;
      state = 'up';
      for (const run of parked.splice(0)) {
        world.after(dice.between(0, THAW_MS), () => deliver(run));
      }
    },
    jump(ms) {
      skewMs += ms;
    },
  };
  return host;
}

/** Timers fire in the process, and only while it lives. */
function createClock(
  world: World,
  of: {
    readonly wall: () => number;
    readonly monoRate: number;
    deliver(run: () => void): void;
    count(change: 1 | -1): void;
  },
): Clock {
  return {
    wall: of.wall,
    mono: () => world.now * of.monoRate,
    after(ms, run) {
      let pending = true;
      of.count(1);
      const settle = () => {
        if (pending) of.count(-1);
        pending = false;
      };
      const fire = () => {
        if (!pending) return;
        settle();
        run();
      };
      const cancel = world.after(ms / of.monoRate, () => of.deliver(fire));
      return () => {
        settle();
        cancel();
      };
    },
  };
}
