/** What people do to tasks, besides changing what they say. */
import type {
  JsonObject,
  ResumeTask,
  RunTask,
  SnoozeTask,
  StopTask,
  TaskOperation,
} from '@tenuto/contract';
import { formatTime, OrchestrationError } from '@tenuto/contract';
import {
  fired,
  type Occasion,
  queued,
  standingOf,
  type TaskChange,
  type TaskRecord,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { auditOf } from './job-state.ts';
import { chargedAlone } from './quota-gate.ts';
import { persist, taskState } from './task-change.ts';
import { madeBefore, onceUnder } from './task-once.ts';
import type { TaskParts } from './task-parts.ts';
import { resumption } from './task-resume.ts';
import { taskView } from './task-view.ts';
import { findTask, refuseWhenFull } from './tasks.ts';

const WHAT = 'tasks';
const SECOND_MS = 1_000;

interface On<Body> {
  readonly taskId: string;
  readonly body: Body;
}

/** An operation that makes runs, which is not to be done twice by mistake. */
export interface Once<Body> extends On<Body> {
  readonly key: string | undefined;
}

/**
 * Makes a run now, paused or not; only a concurrency key may let it wait.
 * @throws OrchestrationError 404, 409 for a task that is cancelled or completed
 */
export async function runTaskNow(
  parts: TaskParts,
  caller: Caller,
  { taskId, body, key }: Once<RunTask>,
): Promise<TaskOperation> {
  refuseWhenFull(parts);
  const requestId = parts.newId();
  const once = onceUnder(parts, caller, key, ['run_now', taskId, body]);
  const before = await once.used();
  if (before !== undefined) return madeBefore(parts, caller, taskId, before);
  const done = await fire(parts, caller, taskId, async (task) => {
    await once.refuse();
    if (isOver(task)) throw taskState(task, 'run');
    const now = await parts.tasks.now();
    const occasion: Occasion = {
      ...{ key: `run_now:${requestId}`, at: now, tick: now, dueAt: now, origin: 'run_now' },
      triggeredBy: caller.principal.actor,
      ...(body.params !== undefined && { params: paramsOf(task, body.params as JsonObject) }),
    };
    const waits = task.definition.concurrency_key !== undefined;
    const firing = waits ? queued(task, occasion, 'concurrency') : fired(task, occasion, 0);
    const { dedupe: _dedupe, ...asked } = firing;
    return changed(caller, task, 'run_now', {
      ...{ standing: standingOf(task), firings: [asked], ...once.remember },
      details: { params: Object.keys(body.params ?? {}) },
    });
  });
  const [runId] = done.runIds;
  const message = runId === undefined ? waiting(done.task) : 'A run has been made.';
  return answer(done.task, message, runId === undefined ? {} : { run_id: runId });
}

/** Others may have taken the room that there was. */
function waiting({ definition }: TaskRecord): string {
  return definition.concurrency_key === undefined
    ? 'No run has been made: the quota of its owner is used up.'
    : 'A run waits for its turn.';
}

/** The task's own, and what the request says otherwise. */
function paramsOf({ payload }: TaskRecord, params: JsonObject): JsonObject {
  return { ...((payload.params ?? {}) as JsonObject), ...params };
}

/**
 * Moves the next firing; what would have fired until then is skipped.
 * @throws OrchestrationError 404, 409 for a task that has no firing ahead
 */
export async function snoozeTask(
  parts: TaskParts,
  caller: Caller,
  { taskId, body }: On<SnoozeTask>,
): Promise<TaskOperation> {
  const { delay_seconds: seconds, reason = null } = body;
  const done = await operate(parts, caller, taskId, async (task) => {
    if (task.status !== 'active') throw taskState(task, 'snoozed');
    if (task.dueAt === null || task.definition.schedule_kind === 'event') {
      throw new OrchestrationError('conflict', 'Nobody knows when events come; pause the task.');
    }
    const dueAt = task.dueAt + seconds * SECOND_MS;
    const standing = { ...standingOf(task), dueAt, snoozed: true, snoozeReason: reason };
    const details = { delay_seconds: seconds, reason, until: formatTime(dueAt) };
    return changed(caller, task, 'snoozed', { standing, details });
  });
  const until = formatTime(done.task.dueAt ?? 0);
  return answer(done.task, `The next firing is at ${until}.`);
}

/** @throws OrchestrationError 404, 409 for a task that is not active */
export async function pauseTask(
  parts: TaskParts,
  caller: Caller,
  { taskId, body }: On<StopTask>,
): Promise<TaskOperation> {
  const done = await operate(parts, caller, taskId, async (task) => {
    if (task.status !== 'active') throw taskState(task, 'paused');
    const pausedAt = await parts.tasks.now();
    const standing = { ...standingOf(task), status: 'paused' as const, pausedAt };
    return changed(caller, task, 'paused', { standing, details: { ...body } });
  });
  return answer(done.task, 'The task is paused; what it would have fired is skipped.');
}

/**
 * Lets a paused task go on; what it missed is made up for only when that is asked.
 * @throws OrchestrationError 404, 409 for a task that is not paused
 */
export async function resumeTask(
  parts: TaskParts,
  caller: Caller,
  { taskId, body }: On<ResumeTask>,
): Promise<TaskOperation> {
  const access = authorize(caller.principal, 'tasks:update', WHAT);
  const catchUp = body.catch_up ?? false;
  const done = await operate(parts, caller, taskId, async (task) => {
    if (task.status !== 'paused') throw taskState(task, 'resumed');
    const turn = await resumption(parts, access, task, catchUp);
    return changed(caller, task, 'resumed', { ...turn, details: { catch_up: catchUp } });
  });
  if (!catchUp) return answer(done.task, 'The task goes on.');
  return answer(done.task, 'The task goes on, and makes up for what it missed.', {
    firings: done.firings,
    run_ids: [...done.runIds].slice(0, RUNS_TOLD),
  });
}

const RUNS_TOLD = 100;

/**
 * Ends a task for good; runs that go on go on, what waits is skipped.
 * @throws OrchestrationError 404, 409 for a task that is over
 */
export async function cancelTask(
  parts: TaskParts,
  caller: Caller,
  { taskId, body }: On<StopTask>,
): Promise<TaskOperation> {
  const done = await operate(parts, caller, taskId, async (task) => {
    if (isOver(task)) throw taskState(task, 'cancelled');
    const ended = { status: 'cancelled', tickAt: null, dueAt: null, probeRun: null } as const;
    const standing = { ...standingOf(task), ...ended, snoozed: false };
    return changed(caller, task, 'cancelled', { standing, dropQueue: true, details: { ...body } });
  });
  return answer(done.task, 'The task is cancelled: it fires no more.');
}

function isOver({ status }: TaskRecord): boolean {
  return status === 'cancelled' || status === 'completed';
}

type Turn = Pick<TaskChange, 'standing' | 'dropQueue' | 'cancelPrevious' | 'idempotency'> & {
  readonly firings?: TaskChange['firings'];
  readonly details: JsonObject;
};

export function changed(
  caller: Caller,
  { taskId, turn }: TaskRecord,
  verb: string,
  { details, firings = [], ...rest }: Turn,
): TaskChange {
  return {
    taskId,
    turn,
    firings,
    ...rest,
    audit: auditOf(caller, `task.${verb}`, taskId, details),
  };
}

/**
 * Lets a task fire when there is room for a run of its owner's.
 * @throws OrchestrationError 404, 429 `quota_exceeded`
 */
export async function fire(
  parts: TaskParts,
  caller: Caller,
  taskId: string,
  decide: (task: TaskRecord) => Promise<TaskChange>,
) {
  const access = authorize(caller.principal, 'tasks:update', WHAT);
  const { owner } = await findTask(parts, access, taskId);
  return parts.gate.fire(chargedAlone(owner), () => operate(parts, caller, taskId, decide));
}

/** Does something to a task; it is decided anew when the task has moved meanwhile. */
export async function operate(
  parts: TaskParts,
  caller: Caller,
  taskId: string,
  decide: (task: TaskRecord) => Promise<TaskChange>,
) {
  const access = authorize(caller.principal, 'tasks:update', WHAT);
  let firings = 0;
  const done = await persist(parts, access, taskId, async (task) => {
    const change = await decide(task);
    firings = change.firings.filter(({ outcome }) => outcome !== 'skipped').length;
    return change;
  });
  return { ...done, firings };
}

export function answer(
  task: TaskRecord,
  message: string,
  more: Partial<TaskOperation['details']> = {},
): TaskOperation {
  return {
    success: true,
    message,
    details: { task_id: task.taskId, task: taskView(task), ...more },
  };
}
