import {
  type BulkTasks,
  type BulkTasksAnswer,
  OrchestrationError,
  type TaskBulkOutcome,
} from '@tenuto/contract';
import { authorize, type Caller } from '../auth/principal.ts';
import { pauseTask, resumeTask } from './task-operations.ts';
import type { TaskParts } from './task-parts.ts';

interface Told {
  readonly taskId: string;
  readonly outcome: TaskBulkOutcome;
  readonly detail: string;
}

/**
 * Does one thing to all tasks that are named, one after the other, each with its own audit row. One
 * that is refused keeps none of the others.
 */
export async function changeTasks(
  parts: TaskParts,
  caller: Caller,
  { action, task_ids: ids }: BulkTasks,
): Promise<BulkTasksAnswer> {
  authorize(caller.principal, 'tasks:update', 'tasks');
  const operate = action === 'pause' ? pauseTask : resumeTask;
  const told: Told[] = [];
  for (const id of ids) {
    const taskId = id.toLowerCase();
    told.push(await tried(taskId, () => operate(parts, caller, { taskId, body: {} })));
  }
  const count = (outcome: TaskBulkOutcome) => told.filter((one) => one.outcome === outcome).length;
  return {
    action,
    outcomes: { changed: count('changed'), refused: count('refused'), failed: count('failed') },
    failures: told
      .filter(({ outcome }) => outcome !== 'changed')
      .map(({ taskId, ...said }) => ({ task_id: taskId, ...said })),
  };
}

async function tried(taskId: string, operate: () => Promise<unknown>): Promise<Told> {
  try {
    await operate();
    return { taskId, outcome: 'changed', detail: '' };
  } catch (error) {
    if (!(error instanceof OrchestrationError)) throw error;
    const outcome = error.code === 'conflict' ? 'refused' : 'failed';
    return { taskId, outcome, detail: error.message };
  }
}
