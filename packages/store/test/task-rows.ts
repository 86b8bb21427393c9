/** Tasks of tests, each with nothing in it but what the test says. */
import type { TaskDefinition } from '@tenuto/contract';
import type { NewTask } from '@tenuto/engine';
import { newRunId, PLAN } from './rows.ts';

const TASK_INPUT = { params: { a: 1 }, maxConcurrentNodes: 10, failFast: false, timeoutMs: 60_000 };

/** One that fires each day and is due. */
export function aTask(
  over: { readonly definition?: Partial<TaskDefinition>; readonly tickAt?: number | null } = {},
): NewTask {
  const taskId = newRunId().text;
  const { tickAt = Math.floor(Date.now() / 1_000) * 1_000 } = over;
  return {
    taskId,
    owner: 'ann',
    createdAt: Date.now() - 86_400_000,
    definition: {
      ...{ title: 'a task', schedule_kind: 'cron', schedule_expr: '0 0 * * *', timezone: 'UTC' },
      ...over.definition,
    },
    payload: { pipeline: [{ id: 'only', uses: 'noop' }] },
    making: { plan: PLAN, input: JSON.stringify(TASK_INPUT) },
    standing: { status: 'active', tickAt, dueAt: tickAt },
    audit: { actor: 'ann', action: 'task.created', subject: taskId, details: {} },
  };
}
