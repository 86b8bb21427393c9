import { expect, it } from 'vitest';
import { flood } from './event-flood.ts';

const COUNT = 6_000;

it(`${COUNT} events through Redis become a row each, though a server is killed and Redis restarted`, async () => {
  expect(await flood(COUNT)).toEqual({
    ...{ rows: COUNT, different: COUNT, matches: COUNT, entries: COUNT },
    ...{ strange: 0, left: 0, refused: 0, sorted: true, ms: expect.any(Number) },
  });
});
