/** The API with an engine and a scheduler that really run. */
import type { FiringView, Task, TaskOperation } from '@tenuto/contract';
import { createScheduler, type Scheduler } from '@tenuto/engine';
import { createScheduleStore } from '@tenuto/store';
import {
  createDatabase,
  startTestEngine,
  type TestDatabase,
  type TestEngine,
  type TestEngineOptions,
} from '@tenuto/testkit';
import { expect, vi } from 'vitest';
import { systemClock } from '../src/system-clock.ts';
import { type Answer, startApiOn, type TestApi } from './server.ts';

export const TASKS = '/api/v1/tasks';

export interface TaskApi extends Omit<TestApi, 'engine'> {
  readonly engine: TestEngine;
  readonly scheduler: Scheduler;
  /** Makes a task and answers it. */
  make(over?: object): Promise<Task>;
  read(taskId: string): Promise<Task>;
  /** Does something to a task that must be allowed. */
  ask(taskId: string, verb: string, body?: object): Promise<TaskOperation>;
  /** The ledger, oldest first. */
  firings(taskId: string): Promise<readonly FiringView[]>;
  /** Waits until the ledger holds as many of an outcome. */
  fires(taskId: string, count: number, outcome?: string): Promise<readonly FiringView[]>;
  /** Waits until a run is over. */
  over(runId: string): Promise<Answer['body']>;
}

export const aTask = (over: object = {}) => ({
  title: 'a task',
  schedule_kind: 'cron',
  schedule_expr: '* * * * * *',
  payload: { pipeline: [{ id: 'only', uses: 'noop' }] },
  ...over,
});

/** One that fires only when it is asked to, for years. */
export const aQuietTask = (over: object = {}) =>
  aTask({ schedule_kind: 'once', schedule_expr: '2099-01-01T00:00:00Z', ...over });

export async function startTaskApi(options: TestEngineOptions = {}): Promise<TaskApi> {
  return startTaskApiOn(await createDatabase(), options);
}

export async function startTaskApiOn(
  database: TestDatabase,
  options: TestEngineOptions = {},
): Promise<TaskApi> {
  const engine = await startTestEngine(database.connection, options);
  const store = createScheduleStore({ ...database.connection });
  const log = { info: () => undefined, warn: console.warn, error: console.error };
  const scheduler = createScheduler({
    ...{ store, clock: systemClock, log },
    runsWait: engine.engine.runsWait,
  });
  const api = await startApiOn(database, { engine: engine.engine, scheduler });
  scheduler.start();
  const get = async (path: string) => (await api.call(path)).body;
  const tasks: TaskApi = {
    ...api,
    ...{ engine, scheduler },
    async make(over = {}) {
      const { status, body } = await api.call(TASKS, { body: aTask(over) });
      expect(status, JSON.stringify(body)).toBe(201);
      return body;
    },
    read: (taskId) => get(`${TASKS}/${taskId}`),
    async ask(taskId, verb, body) {
      const answer = await api.call(`${TASKS}/${taskId}/${verb}`, {
        method: 'POST',
        ...(body && { body }),
      });
      expect(answer.status, answer.text).toBe(200);
      return answer.body;
    },
    async firings(taskId) {
      return (await get(`${TASKS}/${taskId}/firings?limit=100`)).items.toReversed();
    },
    fires: (taskId, count, outcome = 'fired') =>
      vi.waitUntil(
        async () => {
          const all = await tasks.firings(taskId);
          return all.filter((one) => one.outcome === outcome).length >= count && all;
        },
        { timeout: 60_000, interval: 20 },
      ),
    over: (runId) =>
      vi.waitUntil(
        async () => {
          const run = await get(`/api/v1/runs/${runId}`);
          return run.completed_at !== null && run;
        },
        { timeout: 60_000, interval: 20 },
      ),
    async [Symbol.asyncDispose]() {
      await scheduler.stop();
      await engine.stop();
      await store.close();
      await api[Symbol.asyncDispose]();
    },
  };
  return tasks;
}
