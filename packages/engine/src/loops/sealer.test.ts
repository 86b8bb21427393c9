import { describe, expect, it, vi } from 'vitest';
import type { Clock } from '../ports/clock.ts';
import { createSealer } from './sealer.ts';

/** A clock that a test moves, with its timers. */
function handClock() {
  let now = 0;
  const timers = new Set<{ readonly at: number; run(): void }>();
  const clock: Clock = {
    wall: () => now,
    mono: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  return {
    clock,
    waits: () => [...timers].map(({ at }) => at - now),
    async advance(ms: number) {
      now += ms;
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.run();
      }
      await new Promise(setImmediate);
    },
  };
}

function stage(sealed: readonly ({ rows: number } | undefined | Error)[], spentMs = 0) {
  const time = handClock();
  const answers = [...sealed];
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const seal = vi.fn(async () => {
    await time.advance(spentMs);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer && { ...answer, head: '1:ab' };
  });
  return { ...time, log, seal, sealer: createSealer({ store: { seal }, clock: time.clock, log }) };
}

describe('the sealer', () => {
  it('goes on after a full seal once it has rested four times as long as that took', async () => {
    const { sealer, advance, waits, seal } = stage([{ rows: 1_000 }, { rows: 12 }], 50);
    sealer.start();
    await advance(0);
    expect(waits()).toEqual([200]);
    await advance(200);
    expect(waits()).toEqual([5_000]);
    expect(seal).toHaveBeenCalledTimes(2);
    await sealer.stop();
    expect(waits()).toEqual([]);
  });

  it('looks again in a while when there is nothing, or another one seals', async () => {
    const { sealer, advance, waits } = stage([{ rows: 0 }, undefined]);
    sealer.start();
    await advance(0);
    expect(waits()).toEqual([5_000]);
    await advance(5_000);
    expect(waits()).toEqual([5_000]);
    await sealer.stop();
  });

  it('tells the log the head of the chain once an hour', async () => {
    const { sealer, advance, log } = stage(Array.from({ length: 800 }, () => ({ rows: 1 })));
    sealer.start();
    await advance(0);
    expect(log.info).toHaveBeenCalledWith({ head: '1:ab' }, expect.any(String));
    for (let i = 0; i < 700; i += 1) await advance(5_000);
    expect(log.info).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 30; i += 1) await advance(5_000);
    expect(log.info).toHaveBeenCalledTimes(2);
    await sealer.stop();
  });

  it('survives a database that is away', async () => {
    const { sealer, advance, waits, log } = stage([new Error('away'), { rows: 1 }]);
    sealer.start();
    await advance(0);
    expect(log.warn).toHaveBeenCalledTimes(1);
    expect(waits()).toEqual([5_000]);
    await sealer.stop();
  });
});
