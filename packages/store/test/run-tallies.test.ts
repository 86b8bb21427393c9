import { bucketOf } from '@tenuto/engine';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPool } from '../src/pool.ts';
import { readHours, readTallies, sumUpTallies } from '../src/queries/run-tallies.ts';
import { type Desk, openDesk } from './desk.ts';
import { batch, submitRow } from './rows.ts';

let desk: Desk;
let pool: ReturnType<typeof openPool>;
beforeAll(async () => {
  desk = await openDesk();
  pool = openPool({ ...desk.connection, max: 4 });
});
afterAll(async () => {
  await pool.end();
  await desk.close();
});

const ANN = { owner: 'ann', all: false };
const SINCE = { since: '2020-01-01' };
const sum = async () =>
  (await readTallies(pool, ANN, SINCE)).reduce((all, { runs }) => all + runs, 0);

function ending(row: ReturnType<typeof submitRow>, inboxSeq = 0) {
  const completedAt = Date.now();
  const day = new Date(completedAt).toISOString().slice(0, 10);
  const tally = { owner: 'ann', kind: 'job' as const, taskId: undefined, day };
  return {
    ...{ kind: 'finish' as const, runId: row.runId, inboxSeq, status: 'completed' as const },
    ...{ completedAt, progress: '{}', tally: { ...tally, bucket: bucketOf(5), durationMs: 5 } },
  };
}

it('runs that end are counted once, before and after they are summed up by several at once', async () => {
  const { lane } = await desk.engine();
  const rows = Array.from({ length: 40 }, () => submitRow());
  await lane.flush(batch(1, { submits: rows }));
  const end = batch(2, { updates: rows.map((row) => ending(row)) });
  await lane.flush(end);
  // The same batch again, as after a reply that was lost.
  await lane.flush(end);
  expect(await sum()).toBe(40);
  expect((await desk.ask('select 1 from run_tallies')).length).toBe(1);
  await Promise.all([sumUpTallies(pool), sumUpTallies(pool), sumUpTallies(pool)]);
  expect(await sum()).toBe(40);
  expect(await desk.ask('select 1 from run_tallies')).toEqual([]);
});

it('runs are counted by the hour of their ends, before and after they are summed up', async () => {
  const hours = async () =>
    (await readHours(pool, ANN, Date.now() - 7_200_000)).reduce((all, { runs }) => all + runs, 0);
  const before = await hours();
  const { lane } = await desk.engine();
  const row = submitRow();
  await lane.flush(batch(1, { submits: [row] }));
  await lane.flush(batch(2, { updates: [ending(row)] }));
  expect(await hours()).toBe(before + 1);
  await sumUpTallies(pool);
  expect(await hours()).toBe(before + 1);
  expect(await readHours(pool, { owner: 'bob', all: false }, 0)).toEqual([]);
});

it('an end that does not take is not counted', async () => {
  const before = await sum();
  const { lane } = await desk.engine();
  const [told, untold] = [submitRow(), submitRow()];
  await lane.flush(batch(1, { submits: [told, untold] }));
  await desk.ask('update run_live set inbox_seq = 1 where run_id = $1', [told.runId.text]);
  const result = await lane.flush(batch(2, { updates: [ending(told), ending(untold)] }));
  expect(result.refused).toEqual([told.runId.text]);
  expect(await sum()).toBe(before + 1);
  await lane.flush(batch(3, { updates: [ending(told, 1)] }));
  expect(await sum()).toBe(before + 2);
});
