import { whyNoRedis } from '@tenuto/testkit';
import { expect, it } from 'vitest';
import { flood } from './event-flood.ts';

const COUNT = 100_000;
const reason = await whyNoRedis();

it.skipIf(reason !== undefined)(
  `${COUNT} events through Redis become a row each, though a server is killed and Redis restarted${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  async () => {
    const result = await flood(COUNT);
    console.log(`${COUNT} events in ${Math.round(result.ms)} ms`);
    expect(result).toEqual({
      ...{ rows: COUNT, different: COUNT, matches: COUNT, entries: COUNT },
      ...{ strange: 0, left: 0, refused: 0, sorted: true, ms: expect.any(Number) },
    });
  },
);
