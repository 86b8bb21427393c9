import { OrchestrationError } from '@tenuto/contract';
import { StoreFault } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { patiently } from './patience.ts';

const silent = { info() {}, warn() {}, error() {} };
const clock = {
  ...{ wall: () => 0, mono: () => 0 },
  after(_ms: number, run: () => void) {
    queueMicrotask(run);
    return () => undefined;
  },
};

/** Fails so many times, then tells how often it was asked. */
function failing(times: number, error: Error) {
  let asked = 0;
  const work = async () => {
    asked += 1;
    if (asked <= times) throw error;
    return asked;
  };
  return { work, asked: () => asked };
}

describe('patience with the database', () => {
  it('does again what met a database that was away', async () => {
    const { work } = failing(3, new StoreFault('unavailable', 'gone'));
    expect(await patiently(work, { clock, logger: silent })).toBe(4);
  });

  it('ends with an error that says what to do', async () => {
    const { work } = failing(1_000, new StoreFault('unavailable', 'gone'));
    await expect(patiently(work, { clock, logger: silent })).rejects.toThrow(OrchestrationError);
  });

  it.each([
    new StoreFault('rejected', 'no'),
    new OrchestrationError('store_unavailable', 'wrong version'),
    new Error('a bug'),
  ])('has none with %s', async (error) => {
    const { work, asked } = failing(1_000, error);
    await expect(patiently(work, { clock, logger: silent })).rejects.toBe(error);
    expect(asked()).toBe(1);
  });
});
