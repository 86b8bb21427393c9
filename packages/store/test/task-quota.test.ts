/** What quotas leave of the firings of tasks. */
import { decideEvents, decideTurn, type ScheduledTask, scheduleOf } from '@tenuto/engine';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPool } from '../src/pool.ts';
import { createScheduleStore, type OpenScheduleStore } from '../src/schedule-store.ts';
import { createTaskStore } from '../src/task-store.ts';
import { type Desk, openDesk } from './desk.ts';
import { aTask } from './task-rows.ts';

let desk: Desk;
let store: OpenScheduleStore;
let tasks: ReturnType<typeof createTaskStore>;
let pool: ReturnType<typeof openPool>;
beforeAll(async () => {
  desk = await openDesk();
  store = createScheduleStore(desk.connection);
  pool = openPool({ ...desk.connection, max: 4 });
  tasks = createTaskStore(pool);
  await store.makeRoom();
});
afterAll(async () => {
  await store.close();
  await pool.end();
  await desk.close();
});
beforeEach(async () => {
  for (const table of ['quotas', 'quota_days', 'run_live']) await desk.ask(`delete from ${table}`);
});

const quota = (principal: string, limits: { day?: number; live?: number }) =>
  desk.ask(
    'insert into quotas (principal, runs_per_day, concurrent_runs, updated_by) values ($1, $2, $3, $1)',
    [principal, limits.day ?? null, limits.live ?? null],
  );
const counted = async () =>
  (await desk.ask<{ runs: number }>('select runs from quota_days where principal = $1', ['ann']))[0]
    ?.runs;
const ledger = async ({ taskId }: ScheduledTask) =>
  (
    await desk.ask<{ outcome: string; reason: string | null }>(
      'select outcome, reason from task_firings where task_id = $1 order by at, key',
      [taskId],
    )
  ).map(({ outcome, reason }) => (reason === null ? outcome : `${outcome}: ${reason}`));

async function made(over: Parameters<typeof aTask>[0] = {}): Promise<ScheduledTask> {
  const task = aTask(over);
  await tasks.create(task);
  const found = await tasks.find({ owner: 'ann', all: false }, task.taskId);
  if (found === undefined) throw new Error('it was not stored');
  return found;
}

function turnOf(task: ScheduledTask) {
  const schedule = scheduleOf(task.definition, task.createdAt);
  const turn = decideTurn(task, { schedule, now: Math.max(Date.now(), task.dueAt ?? 0) });
  if (turn === undefined) throw new Error('nothing was due');
  return turn;
}

describe('firings of an owner who has a quota', () => {
  it('are skipped beyond it, and those of the day are counted', async () => {
    await quota('ann', { day: 3 });
    const all = await Promise.all(Array.from({ length: 5 }, () => made()));
    await store.take(all.map(turnOf));
    const told = (await Promise.all(all.map(ledger))).flat();
    expect(told.toSorted()).toEqual([
      ...['fired', 'fired', 'fired', 'skipped: quota', 'skipped: quota'],
    ]);
    expect(await counted()).toBe(3);
    expect(await desk.ask('select 1 from run_live')).toHaveLength(3);
    const stood = await Promise.all(
      all.map(({ taskId }) => tasks.find({ owner: 'ann', all: false }, taskId)),
    );
    expect(stood.map((task) => task?.fired).toSorted()).toEqual([0, 0, 1, 1, 1]);
    expect(stood.filter((task) => task?.lastFiredAt === null)).toHaveLength(2);
    expect(stood.every((task) => task?.status === 'active')).toBe(true);
  });

  it('have their own before that of everybody, who has one but for the first administrator', async () => {
    await quota('*', { live: 0 });
    const task = await made();
    await store.take([turnOf(task)]);
    expect(await ledger(task)).toEqual(['skipped: quota']);
    await quota('ann', { live: 1 });
    const [next, more] = [await made(), await made()];
    await store.take([turnOf(next)]);
    await store.take([turnOf(more)]);
    expect([await ledger(next), await ledger(more)]).toEqual([['fired'], ['skipped: quota']]);
    expect(await counted()).toBeUndefined();
    await desk.ask(`delete from quotas where principal = 'ann'`);
    const admins = await made();
    await desk.ask(`update tasks set owner = 'admin' where task_id = $1`, [admins.taskId]);
    await store.take([turnOf(admins)]);
    expect(await ledger(admins)).toEqual(['fired']);
  });

  it('wait where they wait anyway, and begin when there is room', async () => {
    await quota('ann', { live: 1 });
    const definition = { concurrency_key: 'k', concurrency_limit: 10 };
    const all = [await made({ definition }), await made({ definition })];
    await store.take(all.map(turnOf));
    expect(await store.release()).toBe(1);
    expect(await store.release()).toBe(0);
    await desk.ask('delete from run_live');
    expect(await store.release()).toBe(1);
    expect((await Promise.all(all.map(ledger))).flat()).toEqual([
      ...['fired: concurrency', 'fired: concurrency'],
    ]);
    await desk.ask('update quotas set concurrent_runs = null, runs_per_day = 1');
    const third = await made({ definition });
    await store.take([turnOf(third)]);
    await store.release();
    expect(await counted()).toBe(1);
  });

  it('cancel nothing that goes on, and use up no key, when they are skipped', async () => {
    const definition = { overlap_policy: 'cancel_previous' } as const;
    const task = await made({ definition });
    await store.take([turnOf(task)]);
    await quota('ann', { live: 1 });
    await desk.ask('update tasks set due_at = tick_at where task_id = $1', [task.taskId]);
    const again = await tasks.find({ owner: 'ann', all: false }, task.taskId);
    if (again === undefined) throw new Error('it is gone');
    const firing = { eventId: task.taskId, at: Date.now(), event: '{}' };
    const firings = [{ taskId: task.taskId, events: [firing] }];
    const { turn } = decideEvents(again, firings, Date.now());
    if (turn === undefined) throw new Error('nothing is to be done');
    expect(turn.cancelPrevious).toBe(true);
    await store.take([turn]);
    expect((await ledger(task)).toSorted()).toEqual(['fired', 'skipped: quota']);
    expect(await desk.ask('select 1 from run_inbox')).toEqual([]);
  });
});
