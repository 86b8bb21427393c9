/** What the doctor tells apart about the firings of tasks. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool } from '../../src/pool.ts';
import { createScheduleStore } from '../../src/schedule-store.ts';
import { createTaskStore } from '../../src/task-store.ts';
import { type Desk, openDesk } from '../desk.ts';
import { aTask } from '../task-rows.ts';
import { ALL_RUNS, foundBy, type OpenDoctor, openDoctor } from './examination.ts';

let desk: Desk;
let doctor: OpenDoctor;
let taskId: string;
const WEEK_MS = 7 * 86_400_000;
beforeAll(async () => {
  desk = await openDesk();
  doctor = openDoctor(desk.connection);
  const store = createScheduleStore(desk.connection);
  await store.makeRoom();
  await store.close();
  const pool = openPool({ ...desk.connection, max: 1 });
  const task = aTask();
  await createTaskStore(pool).create(task);
  await pool.end();
  ({ taskId } = task);
});
afterAll(async () => {
  await doctor.close();
  await desk.close();
});

const found = async () =>
  foundBy(await doctor.examine({ limit: ALL_RUNS })).filter((one) => /firing/.test(one));
const told = (key: string, runId: string, origin = 'schedule') =>
  desk.ask(
    `insert into task_firings (task_id, at, key, tick, due_at, origin, outcome, run_id)
     select $1, now_ms, $2, now_ms, now_ms, $4, 'fired', $3::uuid
     from (select (extract(epoch from now()) * 1000)::bigint as now_ms) n`,
    [taskId, key, runId, origin],
  );

test('firings with runs of their own are sound, and two lines about one run are not', async () => {
  const [one, other] = [crypto.randomUUID(), crypto.randomUUID()];
  await told('tick', one);
  await told('run_now:1', other, 'run_now');
  expect(await found()).toEqual([]);
  await told('run_now:2', one, 'run_now');
  expect(await found()).toEqual([
    `firing_twice: ${taskId} the run ${one} is in the ledger 2 times`,
  ]);
});

test('a task that is far behind needs room for what it has missed, and gets it', async () => {
  await desk.ask('delete from task_firings');
  const tick = Date.now() - 20 * WEEK_MS;
  await desk.ask('update tasks set tick_at = $1, due_at = $1', [tick]);
  expect(await found()).toEqual([expect.stringMatching(`missing_firings: ${taskId} partition`)]);
  await doctor.repair({ actor: 'dr' }, { checks: ['missing_firings'] });
  expect(await found()).toEqual([]);
});
