import { describe, expect, test } from 'vitest';
import { createManualClock, settled } from '../../test/manual-clock.ts';
import { createLoop } from './loop.ts';

function makeLoop(runOnce: () => Promise<number | undefined> | number | undefined) {
  const clock = createManualClock();
  const errors: unknown[] = [];
  const loop = createLoop({
    name: 'test',
    clock,
    everyMs: 100,
    runOnce,
    onError: (_name, error) => errors.push(error),
  });
  return { clock, errors, loop };
}

describe('a loop', () => {
  test('runs at once and then again and again, as long as each round wants', async () => {
    let rounds = 0;
    const { clock, loop } = makeLoop(() => (++rounds === 2 ? 10 : undefined));
    loop.start();
    loop.start();
    await clock.advance(0);
    expect(rounds).toBe(1);
    await clock.advance(100);
    expect(rounds).toBe(2);
    await clock.advance(10);
    expect(rounds).toBe(3);
  });

  test('goes on after a round that failed', async () => {
    let rounds = 0;
    const { clock, loop, errors } = makeLoop(() => {
      rounds += 1;
      throw new Error(`round ${rounds}`);
    });
    loop.start();
    await clock.advance(250);
    expect(rounds).toBe(3);
    expect(errors.map(String)).toEqual(['Error: round 1', 'Error: round 2', 'Error: round 3']);
  });

  test('that is woken runs now; woken in a round, it runs right after it', async () => {
    let rounds = 0;
    let finish = () => {};
    const { clock, loop } = makeLoop(async () => {
      rounds += 1;
      if (rounds === 2) await new Promise<void>((resolve) => (finish = resolve));
      return undefined;
    });
    loop.start();
    await clock.advance(0);
    loop.wake();
    await clock.advance(0);
    expect(rounds).toBe(2);
    loop.wake();
    loop.wake();
    await clock.advance(1_000);
    expect(rounds).toBe(2);
    finish();
    await settled();
    await clock.advance(0);
    expect(rounds).toBe(3);
    await clock.advance(99);
    expect(rounds).toBe(3);
  });

  test('that is stopped finishes its round, and begins no other', async () => {
    let rounds = 0;
    let finish = () => {};
    const { clock, loop } = makeLoop(async () => {
      rounds += 1;
      await new Promise<void>((resolve) => (finish = resolve));
      return undefined;
    });
    loop.start();
    await clock.advance(0);
    let stopped = false;
    const stopping = loop.stop().then(() => {
      stopped = true;
    });
    await settled();
    expect(stopped).toBe(false);
    finish();
    await stopping;
    loop.wake();
    await clock.advance(1_000);
    expect(rounds).toBe(1);
  });
});
