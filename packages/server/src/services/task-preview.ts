import {
  formatTime,
  type PreviewTask,
  type SchedulePreview,
  type TaskDefinition,
  type WriteTask,
} from '@tenuto/contract';
import { hasSchedule, type Schedule, scheduleOf, type TaskRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { beginning, readTask } from './task-content.ts';
import type { TaskParts } from './task-parts.ts';
import { checkSchedule } from './task-rules.ts';
import { describeTrigger, taskView } from './task-view.ts';
import { findTask, timeIn } from './tasks.ts';

const WHAT = 'tasks';
const DEFAULT_COUNT = 10;

/**
 * The next firings of a task, as its schedule expects them.
 * @throws OrchestrationError 404
 */
export async function previewTask(
  parts: TaskParts,
  caller: Caller,
  of: { readonly taskId: string; readonly count?: number; readonly from?: string },
): Promise<SchedulePreview> {
  const access = authorize(caller.principal, 'tasks:read', WHAT);
  const task = await findTask(parts, access, of.taskId);
  const { definition, createdAt } = task;
  const description = taskView(task).schedule_description ?? '';
  if (!hasSchedule(definition) || isOver(task)) return { firings: [], description };
  const from = await fromOf(parts, of.from);
  const count = Math.min(of.count ?? DEFAULT_COUNT, left(task));
  return { firings: firings(scheduleOf(definition, createdAt), { from, count }), description };
}

function isOver({ status }: TaskRecord): boolean {
  return status === 'cancelled' || status === 'completed';
}

function left({ definition, fired }: TaskRecord): number {
  return Math.max(0, (definition.max_runs ?? Number.POSITIVE_INFINITY) - fired);
}

/**
 * The firings that a schedule would have; nothing is stored.
 * @throws OrchestrationError 422 as making a task with that schedule
 */
export async function previewSchedule(
  parts: TaskParts,
  caller: Caller,
  { from: given, count = DEFAULT_COUNT, ...written }: PreviewTask,
): Promise<SchedulePreview> {
  authorize(caller.principal, 'tasks:read', WHAT);
  const { timezone = parts.rules.defaults.timezone ?? 'UTC' } = written;
  const definition: TaskDefinition = { title: 'preview', ...written, timezone };
  checkSchedule(definition);
  if (!hasSchedule(definition)) {
    return { firings: [], description: describeTrigger(definition) };
  }
  const now = await parts.tasks.now();
  const from = await fromOf(parts, given);
  const schedule = scheduleOf(definition, from);
  beginning({ taskId: '', definition }, { now: Math.min(now, from), createdAt: from, schedule });
  return { firings: firings(schedule, { from, count }), description: schedule.description };
}

/**
 * All that making a task would check, and when it would fire; nothing is stored.
 * @throws OrchestrationError 422 as making it would
 */
export async function validateTask(
  parts: TaskParts,
  caller: Caller,
  body: WriteTask,
): Promise<SchedulePreview> {
  const access = authorize(caller.principal, 'tasks:create', WHAT);
  const now = await parts.tasks.now();
  const { definition } = await readTask(parts, { owner: access.owner, all: false }, { body, now });
  if (!hasSchedule(definition)) return { firings: [], description: describeTrigger(definition) };
  const schedule = scheduleOf(definition, now);
  beginning({ taskId: '', definition }, { now, createdAt: now, schedule });
  const count = Math.min(DEFAULT_COUNT, definition.max_runs ?? DEFAULT_COUNT);
  return { firings: firings(schedule, { from: now, count }), description: schedule.description };
}

async function fromOf({ tasks }: TaskParts, from: string | undefined): Promise<number> {
  return from === undefined ? tasks.now() : timeIn(from, '/from') - 1;
}

function firings(
  schedule: Schedule,
  { from, count }: { readonly from: number; readonly count: number },
): SchedulePreview['firings'] {
  return schedule.upcoming(from, count).map(({ at, local, dst }) => ({
    at: formatTime(at),
    local,
    ...(dst !== undefined && { dst }),
  }));
}
