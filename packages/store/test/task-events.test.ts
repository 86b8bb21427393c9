/** Tasks that events fire, many at a time, beside people who change them. */
import type { TaskDefinition } from '@tenuto/contract';
import {
  createEventMatching,
  type NewEvent,
  type ScheduledTask,
  standingOf,
  type TaskChange,
} from '@tenuto/engine';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventStore } from '../src/event-store.ts';
import { openPool } from '../src/pool.ts';
import { createScheduleStore, type OpenScheduleStore } from '../src/schedule-store.ts';
import { createTaskStore } from '../src/task-store.ts';
import { type Desk, openDesk } from './desk.ts';
import { aTask } from './task-rows.ts';

const ANN = { owner: 'ann', all: false };
let desk: Desk;
let pool: pg.Pool;
let schedules: OpenScheduleStore;
let tasks: ReturnType<typeof createTaskStore>;
let events: ReturnType<typeof createEventStore>;
beforeAll(async () => {
  desk = await openDesk();
  pool = openPool({ ...desk.connection, max: 12 });
  tasks = createTaskStore(pool);
  events = createEventStore(pool);
  schedules = createScheduleStore(desk.connection);
  await schedules.makeRoom();
});
afterAll(async () => {
  await schedules.close();
  await pool.end();
  await desk.close();
});

const matching = createEventMatching();
const audit = { actor: 'ann', action: 'event.published', subject: '', details: {} };

async function publish(topic: string, count: number, server = matching): Promise<number[]> {
  const all = Array.from({ length: count }, (_, payload): NewEvent => {
    return { owner: 'ann', topic, payload, origin: 'api', publishedBy: 'ann' };
  });
  const [result] = await events.publish([{ events: all, audit }], server);
  if (result === undefined || result === 'used') throw new Error('not published');
  return result.map(({ triggered }) => triggered);
}

const kindOf = (pattern: string, over: Partial<TaskDefinition> = {}): Partial<TaskDefinition> => ({
  ...{ schedule_kind: 'event', schedule_expr: pattern },
  ...over,
});

async function made(pattern: string, over: Partial<TaskDefinition> = {}): Promise<string> {
  const task = aTask({ tickAt: null, definition: kindOf(pattern, over) });
  await tasks.create(task);
  return task.taskId;
}

async function find(taskId: string) {
  const task = await tasks.find(ANN, taskId);
  if (task === undefined) throw new Error('it is gone');
  return task;
}

async function change(taskId: string, of: (task: ScheduledTask) => Partial<TaskChange>) {
  for (;;) {
    const task = await find(taskId);
    const { turn } = task;
    const same = { taskId, turn, firings: [], standing: standingOf(task), audit };
    const result = await tasks.change(ANN, { ...same, ...of(task) });
    if (result !== 'moved') return result;
  }
}
const setStatus = (taskId: string, status: 'active' | 'paused') =>
  change(taskId, (task) => ({ standing: { ...standingOf(task), status } }));

/** How many lines the ledger has of each outcome. */
async function ledger(taskId: string): Promise<Record<string, number>> {
  const rows = await desk.ask<{ outcome: string; n: number }>(
    `select outcome || coalesce(' ' || reason, '') as outcome, count(*)::int as n
     from task_firings where task_id = $1 group by 1`,
    [taskId],
  );
  return Object.fromEntries(rows.map(({ outcome, n }) => [outcome, n]));
}
const matches = async (taskId: string) => {
  const sql = 'select count(*)::int as n from event_matches where subscription_id = $1';
  return (await desk.ask<{ n: number }>(sql, [taskId]))[0]?.n;
};
const runs = async (taskId: string) =>
  (await desk.ask('select from run_live where task_id = $1', [taskId])).length;
const inLedger = async (taskId: string) =>
  Object.values(await ledger(taskId)).reduce((sum, n) => sum + n, 0);

describe('events that are published together', () => {
  it('are a run each of each task, however many that makes', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => made('many.*')));
    expect(await publish('many.x', 500)).toEqual(Array.from({ length: 500 }, () => 12));
    for (const id of ids) {
      expect([await runs(id), await ledger(id)]).toEqual([500, { fired: 500 }]);
      expect(await find(id)).toMatchObject({ fired: 500, lastFiredAt: expect.any(Number) });
    }
  });

  it('use a key once, and fire the others', async () => {
    const dedupe = { dedupe_key: 'k${event.payload % 3}', dedupe_window_seconds: 600 };
    const id = await made('keyed.*', dedupe);
    await publish('keyed.x', 30);
    expect(await ledger(id)).toEqual({ fired: 3, 'skipped dedupe': 27 });
    const limited = await made('limited.*', {
      ...dedupe,
      dedupe_key: 'l${event.payload}',
      max_runs: 4,
    });
    expect(await publish('limited.x', 6)).toEqual([1, 1, 1, 1, 0, 0]);
    expect(await ledger(limited)).toEqual({ fired: 4 });
  });

  it('wait behind a run, are skipped or take its place, as the task says', async () => {
    const [queue, skip, cancel] = [
      await made('lap.*', { overlap_policy: 'queue' }),
      await made('lap.*', { overlap_policy: 'skip' }),
      await made('lap.*', { overlap_policy: 'cancel_previous' }),
    ];
    await publish('lap.x', 5);
    expect(await ledger(queue)).toEqual({ fired: 1 });
    expect((await find(queue)).queued).toBe(4);
    expect(await ledger(skip)).toEqual({ fired: 1, 'skipped overlap': 4 });
    expect(await ledger(cancel)).toEqual({ fired: 5 });
    const asked = await desk.ask(
      `select from run_inbox i join run_live r using (run_id) where r.task_id = $1`,
      [cancel],
    );
    expect(asked).toHaveLength(4);
  });
});

describe('publishing', () => {
  it('is done again when it was undone so that another who waited for it could go on', async () => {
    const dedupe = { dedupe_key: '${event.payload}', dedupe_window_seconds: 600, max_runs: 10 };
    const id = await made('dead.*', dedupe);
    const other = await desk.session();
    const use = (key: string) =>
      other.query(
        `insert into task_dedupes (owner, key, until_at)
         values ('ann', $1, clock_timestamp()) on conflict do nothing`,
        [key],
      );
    await other.query('begin');
    await other.query("set local deadlock_timeout = '60s'");
    await use('1');
    const publishing = publish('dead.x', 2);
    const waits = () =>
      desk.ask(`select from pg_stat_activity where wait_event_type = 'Lock'
        and datname = current_database()`);
    await expect.poll(async () => (await waits()).length, { timeout: 60_000 }).toBe(1);
    await use('0');
    await other.query('commit');
    expect(await publishing).toEqual([1, 1]);
    expect(await ledger(id)).toEqual({ fired: 2 });
  });
});

describe('a task that', () => {
  it('has had its runs hears no more', async () => {
    const id = await made('most.*', { max_runs: 3 });
    expect(await publish('most.x', 10)).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect([await runs(id), await ledger(id)]).toEqual([3, { fired: 3 }]);
    expect((await find(id)).status).toBe('completed');
    expect(await publish('most.x', 5)).toEqual([0, 0, 0, 0, 0]);
    expect(await matches(id)).toBe(10);
  });

  it('a scheduler has completed hears no more, and hears again when it begins anew', async () => {
    const over = { schedule_kind: 'condition', schedule_expr: 'event.payload > 0' } as const;
    const id = await made('', over);
    await publish('done.x', 1);
    expect(await matches(id)).toBe(1);
    const task = await find(id);
    const standing = { ...standingOf(task), status: 'completed' as const };
    expect(await schedules.take([{ taskId: id, turn: task.turn, standing, firings: [] }])).toEqual([
      { taskId: id, runIds: [] },
    ]);
    await publish('done.x', 1);
    expect(await matches(id)).toBe(1);
    await setStatus(id, 'active');
    expect(await publish('done.x', 2)).toEqual([0, 1]);
    await change(id, () => ({ remove: true }));
    expect(await publish('done.x', 2)).toEqual([0, 0]);
  });

  it('is paused tells of the events that it has skipped', async () => {
    const id = await made('pause.*');
    await setStatus(id, 'paused');
    await publish('pause.x', 4);
    await setStatus(id, 'active');
    await publish('pause.x', 2);
    expect(await ledger(id)).toEqual({ fired: 2, 'skipped paused': 4 });
  });

  it('is paused and goes on while events come tells of each of them once', async () => {
    const id = await made('busy.*');
    let publishing = true;
    const flood = (async () => {
      for (let i = 0; i < 20; i += 1) await publish('busy.x', 50);
      publishing = false;
    })();
    let changes = 0;
    while (publishing) {
      await setStatus(id, changes % 2 === 0 ? 'paused' : 'active');
      changes += 1;
    }
    await flood;
    const { fired = 0, 'skipped paused': skipped = 0 } = await ledger(id);
    expect([fired + skipped, await runs(id)]).toEqual([1_000, fired]);
    expect(await find(id)).toMatchObject({ fired, turn: changes + 1 });
    expect(changes).toBeGreaterThan(2);
  });
});

describe('a window that is open', () => {
  it('and a task that is edited meanwhile wait for nobody who waits for them', async () => {
    const gathering = { batch: { max_events: 3, max_wait_seconds: 1 } };
    const ids = await Promise.all(Array.from({ length: 6 }, () => made('edit.*', gathering)));
    let going = true;
    const until = async (work: () => Promise<unknown>) => {
      while (going) await work();
    };
    const edit = async (id: string, i: number) => {
      const definition = (await find(id)).definition;
      const { batch: _, ...direct } = definition;
      const wanted = i % 2 === 0 ? direct : { ...definition, ...gathering };
      const { payload, making } = aTask({});
      return change(id, () => ({ content: { definition: wanted, payload, making } }));
    };
    const others = [
      until(() => events.closeWindows()),
      until(() => events.closeWindows()),
      ...ids.map(async (id) => {
        for (let i = 0; going; i += 1) await edit(id, i);
      }),
    ];
    const servers = [createEventMatching(), createEventMatching()];
    await Promise.all(
      servers.map(async (server) => {
        for (let i = 0; i < 15; i += 1) await publish('edit.x', 7, server);
      }),
    );
    going = false;
    await Promise.all(others);
    const open = () => desk.ask('select from event_windows');
    while ((await open()).length > 0) await events.closeWindows();
    for (const id of ids) expect([await matches(id), await inLedger(id)]).toEqual([210, 210]);
  });
});
