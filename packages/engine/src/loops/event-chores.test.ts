import { describe, expect, it } from 'vitest';
import type { Clock } from '../ports/clock.ts';
import { createEventChores, type EventChoresOptions } from './event-chores.ts';

/** Timers that fire when the test says how much time has passed. */
function handClock() {
  let now = 0;
  const timers = new Map<object, { at: number; run(): void }>();
  const clock: Clock = {
    mono: () => now,
    wall: () => now,
    after(ms, run) {
      const key = {};
      timers.set(key, { at: now + ms, run });
      return () => void timers.delete(key);
    },
  };
  const turns = async () => {
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
  };
  return {
    clock,
    async pass(ms: number) {
      const until = now + ms;
      for (;;) {
        await turns();
        const due = [...timers]
          .filter(([, { at }]) => at <= until)
          .sort(([, a], [, b]) => a.at - b.at);
        const [first] = due;
        if (first === undefined) break;
        timers.delete(first[0]);
        now = Math.max(now, first[1].at);
        first[1].run();
      }
      now = until;
    },
  };
}

function chores(over: Partial<EventChoresOptions['store']> = {}) {
  const calls: string[] = [];
  const told: string[] = [];
  const { clock, pass } = handClock();
  const warned: string[] = [];
  const log = { info: () => undefined, error: () => undefined };
  const note = (name: string) => void calls.push(name);
  const desk = createEventChores({
    clock,
    log: { ...log, warn: (fields) => void warned.push(String(fields.loop)) },
    retentionMs: 5,
    told: (runIds) => void told.push(...runIds),
    store: {
      tellWaiters: async () => [],
      closeWindows: async () => 0,
      nextWindowMs: async () => undefined,
      cleanUp: async (maxAgeMs) => {
        note(`clean ${maxAgeMs}`);
        return { removed: 0, floorId: '' };
      },
      sweep: async () => 0,
      ...over,
    },
  });
  return { desk, pass, calls, told, warned };
}

describe('chores of events', () => {
  it('tell runs at once, and go on while there are more', async () => {
    const left = [['a', 'b'], ['c'], []];
    const { desk, pass, told } = chores({ tellWaiters: async () => left.shift() ?? [] });
    desk.start();
    await pass(0);
    expect(told).toEqual(['a', 'b', 'c']);
    left.push(['d']);
    desk.wake();
    await pass(0);
    expect(told).toEqual(['a', 'b', 'c', 'd']);
    await desk.stop();
  });

  it('close a window when it is due, not a second later', async () => {
    let due: number | undefined = 300;
    let closed = 0;
    const { desk, pass } = chores({
      nextWindowMs: async () => due,
      closeWindows: async () => {
        if (due !== 0) return 0;
        due = undefined;
        closed += 1;
        return 1;
      },
    });
    desk.start();
    await pass(299);
    due = 0;
    expect(closed).toBe(0);
    await pass(1);
    expect(closed).toBe(1);
    await desk.stop();
  });

  it('give up what is too old every ten minutes, and sweep until nothing is left', async () => {
    const left = [5_000, 10, 0];
    let sweeps = 0;
    const { desk, pass, calls } = chores({
      sweep: async () => {
        sweeps += 1;
        return left.shift() ?? 0;
      },
    });
    desk.start();
    await pass(1_000);
    expect([calls, sweeps]).toEqual([['clean 5', 'clean 5', 'clean 5'], 3]);
    await pass(600_000);
    expect(sweeps).toBe(4);
    await desk.stop();
  });

  it('come again when something fails', async () => {
    let tries = 0;
    const { desk, pass, told, warned } = chores({
      tellWaiters: async () => {
        tries += 1;
        if (tries === 1) throw new Error('away');
        return tries === 2 ? ['a'] : [];
      },
    });
    desk.start();
    await pass(1_000);
    expect([told, warned]).toEqual([['a'], ['event answers']]);
    await desk.stop();
  });
});
