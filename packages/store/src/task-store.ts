import type { TallyStore, TaskStore } from '@tenuto/engine';
import type { Database } from './queries/database.ts';
import { readHours, readTallies } from './queries/run-tallies.ts';
import { changeTask, createTask } from './queries/task-change.ts';
import { listFirings, missedTicks } from './queries/task-firings.ts';
import { findTask, lastRunsOf, listTasks, timeOfDatabase } from './queries/tasks.ts';

/** Tasks, as the API sees them. */
export function createTaskStore(db: Database): TaskStore {
  return {
    create: (task) => createTask(db, task),
    find: (access, taskId) => findTask(db, access, taskId),
    list: (access, filter, page) => listTasks(db, access, filter, page),
    lastRuns: (taskIds, most) => lastRunsOf(db, taskIds, most),
    change: (access, change) => changeTask(db, access, change),
    firings: (access, of, page) => listFirings(db, access, of, page),
    missed: (access, of) => missedTicks(db, access, of),
    now: () => timeOfDatabase(db),
  };
}

/** What runs come to, as the API sees it. */
export function createTallyStore(db: Database): TallyStore {
  return {
    tallies: (access, of) => readTallies(db, access, of),
    hours: (access, since) => readHours(db, access, since),
  };
}
