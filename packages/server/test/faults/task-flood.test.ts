import { whyNoRedis } from '@tenuto/testkit';
import { describe, expect, it } from 'vitest';
import { expectedOf, taskFlood } from './task-flood.ts';

const COUNT = 2_000;
const reason = await whyNoRedis();

describe(`${COUNT} events for 50 tasks of two servers, one of which is killed`, () => {
  it.skipIf(reason !== undefined)(
    `are a run each through Redis, which is restarted${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    async () => {
      expect(await taskFlood(COUNT, 'redis')).toMatchObject(expectedOf(COUNT));
    },
  );

  it('are a run each through the database alone', async () => {
    expect(await taskFlood(COUNT, 'embedded')).toMatchObject(expectedOf(COUNT));
  });
});
