import { randomUUID } from 'node:crypto';
import {
  decideTurn,
  type ScheduledTask,
  scheduleOf,
  standingOf,
  type TaskChange,
  type TaskTurn,
} from '@tenuto/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScheduleStore, type OpenScheduleStore } from '../src/schedule-store.ts';
import { createTaskStore } from '../src/task-store.ts';
import { type Desk, openDesk } from './desk.ts';
import { aTask } from './task-rows.ts';

let desk: Desk;
let store: OpenScheduleStore;
let tasks: ReturnType<typeof createTaskStore>;
beforeAll(async () => {
  desk = await openDesk();
  store = createScheduleStore(desk.connection);
  tasks = createTaskStore(
    (await import('../src/pool.ts')).openPool({ ...desk.connection, max: 8 }),
  );
  await store.makeRoom();
});
afterAll(async () => {
  await store.close();
  await desk.close();
});

const ANN = { owner: 'ann', all: false };

async function made(over: Parameters<typeof aTask>[0] = {}): Promise<ScheduledTask> {
  const task = aTask(over);
  await tasks.create(task);
  const found = await tasks.find(ANN, task.taskId);
  if (found === undefined) throw new Error('it was not stored');
  return found;
}

function turnOf(task: ScheduledTask, now = Date.now()): TaskTurn {
  const schedule = scheduleOf(task.definition, task.createdAt);
  const turn = decideTurn(task, { schedule, now: Math.max(now, task.dueAt ?? 0) });
  if (turn === undefined) throw new Error('nothing was due');
  return turn;
}

const runsOf = (taskId: string) =>
  desk.ask<{ run_id: string; input: string }>(
    'select run_id, input from run_live where task_id = $1 order by run_id',
    [taskId],
  );
const ledger = (taskId: string) =>
  desk.ask<{ outcome: string; reason: string | null; run_id: string | null }>(
    'select outcome, reason, run_id from task_firings where task_id = $1 order by at, key',
    [taskId],
  );

describe('a turn', () => {
  it('is taken once, whoever comes first, with one run and one line in the ledger', async () => {
    const task = await made();
    const turn = turnOf(task);
    const taken = await Promise.all(Array.from({ length: 8 }, () => store.take([turn])));
    expect(taken.flat()).toHaveLength(1);
    const runs = await runsOf(task.taskId);
    expect(runs).toHaveLength(1);
    expect(await ledger(task.taskId)).toEqual([
      { outcome: 'fired', reason: null, run_id: runs[0]?.run_id },
    ]);
    const input = JSON.parse(runs[0]?.input ?? '');
    expect(input).toMatchObject({ params: { a: 1 }, task: { id: task.taskId, title: 'a task' } });
    expect(await tasks.find(ANN, task.taskId)).toMatchObject({ turn: 2, fired: 1, version: 1 });
  });

  it('of many tasks is one statement; those that have moved are left out', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => made()));
    const turns = all.map((task) => turnOf(task));
    const moved = turns.slice(0, 5);
    expect(await store.take(moved)).toHaveLength(5);
    expect(await store.take(turns)).toHaveLength(15);
    for (const { taskId } of all) expect(await runsOf(taskId)).toHaveLength(1);
  });

  it('that was made before a pause, a snooze or an edit does not happen after it', async () => {
    const audit = { actor: 'ann', action: 'task.paused', subject: '', details: {} };
    for (const change of [
      { status: 'paused' as const },
      { dueAt: Date.now() + 60_000, snoozed: true },
      { status: 'cancelled' as const, tickAt: null, dueAt: null },
    ]) {
      const task = await made();
      const turn = turnOf(task);
      const wanted: TaskChange = {
        ...{ taskId: task.taskId, turn: task.turn, firings: [], audit },
        standing: { ...standingOf(task), ...change },
      };
      expect(await tasks.change(ANN, wanted)).toMatchObject({ runIds: [] });
      expect(await store.take([turn])).toEqual([]);
      expect(await runsOf(task.taskId)).toEqual([]);
      expect(await tasks.change(ANN, wanted)).toBe('moved');
    }
  });

  it('and a change at the same time: one of them wins, and nothing is doubled or lost', async () => {
    const audit = { actor: 'ann', action: 'task.paused', subject: '', details: {} };
    for (let round = 0; round < 20; round += 1) {
      const task = await made();
      const pause: TaskChange = {
        ...{ taskId: task.taskId, turn: task.turn, firings: [], audit },
        standing: { ...standingOf(task), status: 'paused' },
      };
      const [taken, changed] = await Promise.all([
        store.take([turnOf(task)]),
        tasks.change(ANN, pause),
      ]);
      expect(taken.length + (changed === 'moved' ? 0 : 1)).toBe(1);
      expect(await runsOf(task.taskId)).toHaveLength(taken.length);
      expect(await ledger(task.taskId)).toHaveLength(taken.length);
    }
  });

  it('never makes a tick again that stands in the ledger', async () => {
    const task = await made();
    await store.take([turnOf(task)]);
    const again = { ...turnOf(task), turn: 2 };
    expect(await store.take([again])).toMatchObject([{ runIds: [] }]);
    expect(await runsOf(task.taskId)).toHaveLength(1);
    expect(await ledger(task.taskId)).toHaveLength(1);
  });
});

describe('a dedupe key', () => {
  it('lets one firing through in its window, of all tasks that use it', async () => {
    const definition = { dedupe_key: `key ${randomUUID()}`, dedupe_window_seconds: 3_600 };
    const [one, two] = [await made({ definition }), await made({ definition })];
    await store.take([turnOf(one), turnOf(two)]);
    const lines = [...(await ledger(one.taskId)), ...(await ledger(two.taskId))];
    expect(lines.map(({ outcome, reason }) => `${outcome} ${reason}`).toSorted()).toEqual([
      ...['fired null', 'skipped dedupe'],
    ]);
    const fired = await Promise.all(
      [one, two].map(async ({ taskId }) => (await tasks.find(ANN, taskId))?.fired ?? 0),
    );
    expect(fired.toSorted()).toEqual([0, 1]);
  });
});

describe('firings that wait', () => {
  it('begin when the run before them is over, in their order', async () => {
    const task = await made({ definition: { overlap_policy: 'queue' } });
    await store.take([turnOf({ ...task, live: 1 })]);
    await store.take([turnOf({ ...(await standing(task)), live: 1 })]);
    expect(await standing(task)).toMatchObject({ queued: 2, live: 0, fired: 2 });
    expect(await store.release()).toBe(1);
    expect(await store.release()).toBe(0);
    expect(await standing(task)).toMatchObject({ queued: 1, live: 1 });
    await desk.ask('delete from run_live where task_id = $1', [task.taskId]);
    expect(await store.release()).toBe(1);
    expect((await ledger(task.taskId)).map(({ outcome }) => outcome)).toEqual(['fired', 'fired']);
  });

  it('hold a concurrency limit at every instant, whoever lets them begin', async () => {
    const definition = { concurrency_key: `key ${randomUUID()}`, concurrency_limit: 3 };
    const all = await Promise.all(Array.from({ length: 12 }, () => made({ definition })));
    await store.take(all.map((task) => turnOf(task)));
    const other = createScheduleStore(desk.connection);
    let most = 0;
    let done = 0;
    while (done < 12) {
      await Promise.all([store.release(), other.release(), store.release()]);
      const ids = all.map(({ taskId }) => taskId);
      const live = await desk.ask('delete from run_live where task_id = any($1) returning 1', [
        ids,
      ]);
      most = Math.max(most, live.length);
      done += live.length;
    }
    await other.close();
    expect([most, done]).toEqual([3, 12]);
  });

  async function standing({ taskId }: ScheduledTask): Promise<ScheduledTask> {
    const [task] = await store.standing([taskId]);
    if (task === undefined) throw new Error('it is gone');
    return task;
  }
});
