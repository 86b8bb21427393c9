/** The same worlds beside a real PostgreSQL, which answers the engines. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { simulate } from '../src/simulation.ts';
import { dropTwins, openTwinDatabase, prepareTwins, type TwinPlace } from '../src/twin/database.ts';
import { EPOCH_MS } from '../src/world.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];

let place: TwinPlace;
beforeAll(async () => {
  place = await prepareTwins(inject('postgres').connection);
});
afterAll(() => dropTwins(place));

describe('PostgreSQL beside the model', () => {
  it.each(SEEDS)('does the same in simulation %i, and keeps every promise', async (seed) => {
    const { violation } = await simulate(seed, { twin: place });
    expect(violation).toBeUndefined();
  });

  it('takes a course that can be taken again', async () => {
    const twice = [await simulate(3, { twin: place }), await simulate(3, { twin: place })];
    expect(twice[1]?.hash).toBe(twice[0]?.hash);
  });
});

describe('the database of a simulation', () => {
  it('is told the time, also where it writes it by itself', async () => {
    const database = await openTwinDatabase(place);
    try {
      await database.setTime(EPOCH_MS + 1_234.567);
      await database.session.query(
        `insert into idempotency_keys (owner, key, request_hash, run_id)
         values ('a', 'b', '', gen_random_uuid())`,
      );
      const { rows } = await database.session.query<{ now: number; written: number }>(
        `select (extract(epoch from clock_timestamp()) * 1000)::float8 as now,
           (extract(epoch from created_at) * 1000)::float8 as written from idempotency_keys`,
      );
      expect(rows[0]?.now).toBeCloseTo(EPOCH_MS + 1_234.567, 2);
      expect(rows[0]?.written).toBe(rows[0]?.now);
    } finally {
      await database.drop();
    }
  });
});
