/** Operations on tasks that make runs: under one key they are done once. */
import { OrchestrationError, type TaskOperation } from '@tenuto/contract';
import type { TaskChange } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { readIdempotency, refuseOtherUse } from './idempotency.ts';
import type { TaskParts } from './task-parts.ts';
import { taskView } from './task-view.ts';
import { findTask } from './tasks.ts';

export interface Once {
  /** What the first request made: a run, or nothing but a change of the task. */
  used(): Promise<string | undefined>;
  /** @throws OrchestrationError 409 when it was done meanwhile */
  refuse(): Promise<void>;
  /** Part of the change. */
  readonly remember: Pick<TaskChange, 'idempotency'>;
}

/**
 * @param said what is asked for
 * @throws OrchestrationError 400 for a key that is none
 */
export function onceUnder(
  { jobs }: TaskParts,
  caller: Caller,
  key: string | undefined,
  said: unknown,
): Once {
  const { owner } = authorize(caller.principal, 'tasks:update', 'tasks');
  const idempotency = readIdempotency(key, said);
  async function used(): Promise<string | undefined> {
    if (idempotency === undefined) return undefined;
    const before = await jobs.submission(owner, idempotency.key);
    if (before !== undefined) refuseOtherUse(idempotency, before);
    return before?.runId;
  }
  return {
    used,
    async refuse() {
      if ((await used()) === undefined) return;
      throw new OrchestrationError('conflict', 'Another request with this key is under way.');
    },
    remember: idempotency === undefined ? {} : { idempotency: { owner, ...idempotency } },
  };
}

/** The answer to a request that comes again. */
export async function madeBefore(
  parts: TaskParts,
  caller: Caller,
  taskId: string,
  made: string,
): Promise<TaskOperation> {
  const access = authorize(caller.principal, 'tasks:update', 'tasks');
  const task = await findTask(parts, access, taskId);
  const run = made === task.taskId ? {} : { run_id: made };
  return {
    success: true,
    message: 'It was done by the first request with this key.',
    details: { task_id: task.taskId, task: taskView(task), ...run },
  };
}
