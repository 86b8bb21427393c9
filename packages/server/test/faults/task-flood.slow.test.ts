import { whyNoRedis } from '@tenuto/testkit';
import { describe, expect, it } from 'vitest';
import { expectedOf, type TaskFloodResult, taskFlood } from './task-flood.ts';

const COUNT = 100_000;
/** Slow machines take long for so many runs. */
const TIMEOUT_MS = 3_600_000;
const reason = await whyNoRedis();

const tell = (carrier: string, { publishedMs, ms }: TaskFloodResult) =>
  console.log(
    `${COUNT} events over ${carrier}: written down in ${Math.round(publishedMs)} ms, all runs over in ${Math.round(ms)} ms`,
  );

describe(`${COUNT} events for 50 tasks of two servers, one of which is killed`, () => {
  it.skipIf(reason !== undefined)(
    `are a run each through Redis, which is restarted${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    { timeout: TIMEOUT_MS },
    async () => {
      const result = await taskFlood(COUNT, 'redis');
      tell('Redis', result);
      expect(result).toMatchObject(expectedOf(COUNT));
    },
  );

  it('are a run each through the database alone', { timeout: TIMEOUT_MS }, async () => {
    const result = await taskFlood(COUNT, 'embedded');
    tell('the database', result);
    expect(result).toMatchObject(expectedOf(COUNT));
  });
});
