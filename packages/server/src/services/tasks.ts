import {
  type FiringOutcome,
  type FiringView,
  type List,
  OrchestrationError,
  parseTime,
  type ScheduleKind,
  type Task,
  type TaskOrder,
  type TaskStatus,
  type WriteTask,
} from '@tenuto/contract';
import type { Access, FiringRecord, TaskKey, TaskRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { readIdempotency, refuseOtherUse } from './idempotency.ts';
import { auditOf } from './job-state.ts';
import { firingKey, listOf, type Paging, pageRequest } from './paging.ts';
import { beginning, readTask } from './task-content.ts';
import type { TaskParts } from './task-parts.ts';
import { firingView, taskView } from './task-view.ts';

const WHAT = 'tasks';
/** Somebody has to make room. */
const FULL_RETRY_SECONDS = 30;

/**
 * Makes a task. The same key with the same body answers with what the first request made.
 * @throws OrchestrationError 422 for a task that cannot be, and for a key used with another body
 */
export async function createTask(
  parts: TaskParts,
  caller: Caller,
  { body, key }: { readonly body: WriteTask; readonly key: string | undefined },
): Promise<Task> {
  const access = authorize(caller.principal, 'tasks:create', WHAT);
  const own = { owner: access.owner, all: false };
  const idempotency = readIdempotency(key, ['task', body]);
  const before = idempotency && (await firstAnswer(parts, access, idempotency));
  if (before !== undefined) return before;
  refuseWhenFull(parts);
  const now = await parts.tasks.now();
  const taskId = parts.newId();
  const content = await readTask(parts, own, { body, now });
  const { definition } = content;
  const first = beginning({ taskId, definition }, { now, createdAt: now });
  const { title, schedule_kind: kind } = definition;
  const result = await parts.tasks.create({
    ...{ taskId, owner: access.owner, createdAt: now, ...content },
    standing: { status: 'active', ...first },
    ...(idempotency && { idempotency }),
    audit: auditOf(caller, 'task.created', taskId, { title, schedule_kind: kind, version: 1 }),
  });
  if (result === 'created') {
    parts.scheduler.wake();
    return taskView(await findTask(parts, access, taskId));
  }
  const winner = idempotency && (await firstAnswer(parts, access, idempotency));
  if (winner !== undefined) return winner;
  throw new OrchestrationError('conflict', 'Another request with this key is under way.');
}

/** What is accepted must be done, and that takes room on the disk. */
export function refuseWhenFull({ refusal }: Pick<TaskParts, 'refusal'>): void {
  const reason = refusal();
  if (reason === undefined) return;
  throw new OrchestrationError('overloaded', reason, { retryAfterSeconds: FULL_RETRY_SECONDS });
}

async function firstAnswer(
  parts: TaskParts,
  access: Access,
  idempotency: NonNullable<ReturnType<typeof readIdempotency>>,
): Promise<Task | undefined> {
  const used = await parts.jobs.submission(access.owner, idempotency.key);
  if (used === undefined) return undefined;
  refuseOtherUse(idempotency, used);
  const made = await parts.tasks.find(access, used.runId);
  if (made !== undefined) return taskView(made);
  throw new OrchestrationError('conflict', 'The task that this key made has been deleted.');
}

/** @throws OrchestrationError 404 */
export async function getTask(parts: TaskParts, caller: Caller, taskId: string): Promise<Task> {
  const access = authorize(caller.principal, 'tasks:read', WHAT);
  return taskView(await findTask(parts, access, taskId));
}

export interface TaskQuery extends Paging {
  readonly status?: TaskStatus;
  readonly schedule_kind?: ScheduleKind;
  readonly created_by?: string;
  readonly title?: string;
  readonly concurrency_key?: string;
  readonly failing?: boolean;
  readonly sort?: TaskOrder;
  readonly last_runs?: number;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const taskKey = {
  write: ({ dueAt, taskId }: TaskKey) => [dueAt, taskId],
  read: ([dueAt, taskId]: readonly unknown[]) =>
    Number.isSafeInteger(dueAt) && typeof taskId === 'string' && UUID.test(taskId)
      ? { dueAt: Number(dueAt), taskId }
      : undefined,
};

/** The newest first, or what fires next. */
export async function listTasks(
  { tasks }: TaskParts,
  caller: Caller,
  {
    status,
    schedule_kind,
    created_by,
    title,
    concurrency_key,
    failing,
    sort,
    last_runs,
    ...paging
  }: TaskQuery,
): Promise<List<Task>> {
  const access = authorize(caller.principal, 'tasks:read', WHAT);
  const request = pageRequest(paging, taskKey);
  const filter = {
    ...(status !== undefined && { status }),
    ...(schedule_kind !== undefined && { scheduleKind: schedule_kind }),
    ...(created_by !== undefined && { createdBy: created_by }),
    ...(concurrency_key !== undefined && { concurrencyKey: concurrency_key }),
    ...(failing !== undefined && { failing }),
    ...titleOf(title),
  };
  const page = await tasks.list(access, { filter, order: sort ?? 'newest' }, request);
  const list = listOf(page, request, {
    ...{ codec: taskKey, item: taskView },
    key: ({ dueAt, taskId }: TaskRecord) => ({ dueAt: dueAt ?? 0, taskId }),
  });
  return last_runs ? { ...list, items: await withRuns(tasks, list.items, last_runs) } : list;
}

async function withRuns(
  tasks: TaskParts['tasks'],
  items: readonly Task[],
  most: number,
): Promise<Task[]> {
  const ids = items.map((task) => task.task_id);
  const found = Map.groupBy(await tasks.lastRuns(ids, most), ({ taskId }) => taskId);
  return items.map((task) => ({
    ...task,
    last_runs: (found.get(task.task_id) ?? []).map(({ runId, status }) => ({
      ...{ run_id: runId, status },
    })),
  }));
}

/** The whole title, or how it begins when a `*` stands at its end. */
function titleOf(title: string | undefined) {
  if (title === undefined) return {};
  return title.endsWith('*') ? { titlePrefix: title.slice(0, -1) } : { title };
}

export interface FiringQuery extends Paging {
  readonly outcome?: FiringOutcome;
  readonly from?: string;
  readonly to?: string;
}

/**
 * The ledger of a task, newest first.
 * @throws OrchestrationError 404
 */
export async function listFirings(
  parts: TaskParts,
  caller: Caller,
  { taskId, outcome, from, to, ...paging }: FiringQuery & { readonly taskId: string },
): Promise<List<FiringView>> {
  const access = authorize(caller.principal, 'tasks:read', WHAT);
  const task = await findTask(parts, access, taskId);
  const request = pageRequest(paging, firingKey);
  const of = {
    taskId: task.taskId,
    ...(outcome !== undefined && { outcome }),
    ...(from !== undefined && { from: timeIn(from, '/from') }),
    ...(to !== undefined && { to: timeIn(to, '/to') }),
  };
  const page = await parts.tasks.firings(access, of, request);
  return listOf(page, request, {
    codec: firingKey,
    key: ({ at, key }: FiringRecord) => ({ at, key }),
    item: firingView,
  });
}

/** @throws OrchestrationError 400 for a text that is no time */
export function timeIn(text: string, path: string): number {
  const at = parseTime(text);
  if (at !== undefined) return at;
  const message = 'is not an RFC 3339 time';
  throw new OrchestrationError('validation_failed', `${path} ${message}.`, {
    validationErrors: [{ path, message, value: text }],
  });
}

/**
 * Finds a task, or answers as if it were not there.
 * @throws OrchestrationError 404
 */
export async function findTask(
  { tasks }: Pick<TaskParts, 'tasks'>,
  access: Access,
  taskId: string,
): Promise<TaskRecord> {
  const found = await tasks.find(access, taskId.toLowerCase());
  if (found === undefined) {
    throw new OrchestrationError('not_found', `There is no task ${taskId}.`);
  }
  return found;
}
