import { expect, it } from 'vitest';
import { systemRandom } from '../system-clock.ts';
import { randomId, randomIds } from './random-id.ts';

it('random ids are UUIDs of version 4, each another', () => {
  const next = randomIds(systemRandom);
  const ids = Array.from({ length: 1_000 }, (_, i) => (i % 2 ? next() : randomId(systemRandom)));
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  expect(new Set(ids).size).toBe(1_000);
});
