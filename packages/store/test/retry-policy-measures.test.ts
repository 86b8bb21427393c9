/** What came of nodes under a policy: samples, their totals, and a sum that is always right. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { measuresOf, sumOf, sumUpSamples } from '../src/queries/retry-policy-measures.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let pool: pg.Pool;
beforeAll(async () => {
  desk = await openDesk();
  pool = new pg.Pool({ ...desk.connection, max: 4 });
  pool.on('error', () => undefined);
});
afterAll(async () => {
  await pool.end();
  await desk.close();
});

/** Writes samples of one node each that took three attempts. */
async function addSamples(policyId: string, version: number, count: number): Promise<void> {
  await desk.ask(
    `insert into retry_policy_samples
       (policy_id, version, run_id, nodes, completed, attempts, retried, recovered)
     select $1, $2, gen_random_uuid(), 1, n % 2, 3, 1, n % 2 from generate_series(1, $3) n`,
    [policyId, version, count],
  );
}

const left = async () => {
  const [row] = await desk.ask<{ n: number }>(
    'select count(*)::int as n from retry_policy_samples',
  );
  return row?.n;
};

const measure = (runs: number) => ({
  runs,
  nodes: runs,
  completed: runs / 2,
  attempts: 3 * runs,
  retried: runs,
  recovered: runs / 2,
});

describe('the measure of a policy', () => {
  test('is the same before, while and after its samples are summed up', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    await addSamples(one, 1, 10);
    await addSamples(one, 2, 4);
    await addSamples(two, 1, 2);
    const seen = async () => {
      const measures = await measuresOf(pool, [one, two, randomUUID()]);
      return [...measures].map(([id, versions]) => [id, [...versions]]);
    };
    const expected = [
      [
        one,
        expect.arrayContaining([
          [1, measure(10)],
          [2, measure(4)],
        ]),
      ],
      [two, [[1, measure(2)]]],
    ];
    expect(await seen()).toEqual(expect.arrayContaining(expected));
    expect(await sumUpSamples(pool)).toBe(16);
    expect(await left()).toBe(0);
    expect(await seen()).toEqual(expect.arrayContaining(expected));
    await addSamples(one, 2, 6);
    const mixed = await measuresOf(pool, [one]);
    expect(mixed.get(one)?.get(2)).toEqual(measure(10));
    expect(sumOf(mixed.get(one)?.values() ?? [])).toEqual(measure(20));
  });

  test('is nothing for no policy, and asks for nothing then', async () => {
    expect(await measuresOf({ query: () => Promise.reject(new Error('asked')) }, [])).toEqual(
      new Map(),
    );
    expect(sumOf([])).toEqual(measure(0));
  });
});

test('engines that sum up at the same time lose nothing and count nothing twice', async () => {
  const policies = Array.from({ length: 20 }, () => randomUUID());
  await sumUpSamples(pool);
  for (const policyId of policies) await addSamples(policyId, 1, 1_200);
  const reading = Array.from({ length: 6 }, async () => {
    const measures = await measuresOf(pool, policies);
    for (const policyId of policies) {
      expect(measures.get(policyId)?.get(1)).toEqual(measure(1_200));
    }
  });
  const added = await Promise.all([sumUpSamples(pool), sumUpSamples(pool), sumUpSamples(pool)]);
  await Promise.all(reading);
  expect(added.reduce((sum, count) => sum + count, 0)).toBe(24_000);
  const totals = await measuresOf(pool, policies);
  for (const policyId of policies) expect(totals.get(policyId)?.get(1)).toEqual(measure(1_200));
});

test('the upkeep of an engine sums up', async () => {
  const policyId = randomUUID();
  await addSamples(policyId, 3, 4);
  await desk.store.maintain();
  expect(await left()).toBe(0);
  expect((await measuresOf(pool, [policyId])).get(policyId)?.get(3)).toEqual(measure(4));
});
