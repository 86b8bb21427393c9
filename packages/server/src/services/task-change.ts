import {
  type EditTask,
  OrchestrationError,
  type Task,
  type TaskDefinition,
  type WriteTask,
} from '@tenuto/contract';
import { canonicalJson, standingOf, type TaskChange, type TaskRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { auditOf, refuseStale } from './job-state.ts';
import { beginning, readTask } from './task-content.ts';
import type { TaskParts } from './task-parts.ts';
import { taskView } from './task-view.ts';
import { findTask } from './tasks.ts';

const WHAT = 'tasks';
/** A task moves with each of its firings; who changes it looks again so often. */
const TRIES = 50;

interface Wanted {
  readonly taskId: string;
  readonly ifMatch: string | undefined;
}

/**
 * Lets a task say something else from now on.
 * @throws OrchestrationError 404, 409 for a task that is cancelled, 412 when `ifMatch` is not its
 *   version, 422 for a task that cannot be
 */
export function replaceTask(
  parts: TaskParts,
  caller: Caller,
  { body, ...wanted }: Wanted & { readonly body: WriteTask },
): Promise<Task> {
  return changeTo(parts, caller, { ...wanted, bodyOf: () => body });
}

/** The same for what the request names; what is null is taken away. */
export function editTask(
  parts: TaskParts,
  caller: Caller,
  { changes, ...wanted }: Wanted & { readonly changes: EditTask },
): Promise<Task> {
  const bodyOf = ({ definition, payload }: TaskRecord): WriteTask => {
    const merged = Object.entries({ ...definition, payload, ...changes });
    // A field that must be there cannot be null: the schema of the request says so.
    return Object.fromEntries(merged.filter(([, value]) => value !== null)) as unknown as WriteTask;
  };
  return changeTo(parts, caller, { ...wanted, bodyOf });
}

async function changeTo(
  parts: TaskParts,
  caller: Caller,
  { taskId, ifMatch, bodyOf }: Wanted & { readonly bodyOf: (present: TaskRecord) => WriteTask },
): Promise<Task> {
  const access = authorize(caller.principal, 'tasks:update', WHAT);
  const changed = await persist(parts, access, taskId, async (present) => {
    refuseStale(present, ifMatch);
    if (present.status === 'cancelled') throw taskState(present, 'changed');
    const now = await parts.tasks.now();
    const owner = { owner: present.owner, all: false };
    const content = await readTask(parts, owner, { body: bodyOf(present), now });
    const { title, schedule_kind: kind } = content.definition;
    const details = { title, schedule_kind: kind, version: present.version + 1 };
    return {
      ...{ taskId: present.taskId, turn: present.turn, firings: [], content },
      standing: standingWith(present, content.definition, now),
      audit: auditOf(caller, 'task.updated', present.taskId, details),
    };
  });
  return taskView(changed.task);
}

/** What decides when a task fires: once that changes it begins anew. */
const TIMING = [
  'schedule_kind',
  'schedule_expr',
  'timezone',
  'dst_policy',
  'start_at',
  'end_at',
  'jitter_seconds',
  'max_runs',
  'probe',
  'poll_interval_seconds',
] as const satisfies readonly (keyof TaskDefinition)[];

function timingOf(definition: TaskDefinition): string {
  return canonicalJson(Object.fromEntries(TIMING.map((field) => [field, definition[field]])));
}

function standingWith(
  present: TaskRecord,
  definition: TaskDefinition,
  now: number,
): TaskChange['standing'] {
  const standing = standingOf(present);
  const same = timingOf(present.definition) === timingOf(definition);
  if (same && present.status !== 'completed') return standing;
  if (present.fired >= (definition.max_runs ?? Number.POSITIVE_INFINITY)) {
    return { ...standing, status: 'completed', tickAt: null, dueAt: null, snoozed: false };
  }
  const { createdAt, taskId } = present;
  return {
    ...standing,
    ...beginning({ taskId, definition }, { now, createdAt }),
    status: present.status === 'paused' ? 'paused' : 'active',
    ...{ snoozed: false, snoozeReason: null, conditionHolds: null, probeRun: null },
  };
}

/**
 * Deletes a task: it fires no more, what waits is dropped, runs that go on go on.
 * @returns the task as it was
 * @throws OrchestrationError 404, 412 when `ifMatch` is not its version
 */
export async function deleteTask(
  parts: TaskParts,
  caller: Caller,
  { taskId, ifMatch }: Wanted,
): Promise<Task> {
  const access = authorize(caller.principal, 'tasks:delete', WHAT);
  const { before } = await persist(parts, access, taskId, async (present) => {
    refuseStale(present, ifMatch);
    const { definition, version } = present;
    const details = { title: definition.title, version };
    return {
      ...{ taskId: present.taskId, turn: present.turn, firings: [], remove: true },
      standing: {
        ...standingOf(present),
        ...{ status: 'cancelled', tickAt: null, dueAt: null, probeRun: null },
      },
      audit: auditOf(caller, 'task.deleted', present.taskId, details),
    };
  });
  return taskView(before);
}

interface Persisted {
  readonly before: TaskRecord;
  /** As it is afterwards; of one that was deleted, as it was. */
  readonly task: TaskRecord;
  readonly runIds: readonly string[];
}

/**
 * Makes a change to a task as it is found, and again when it has moved meanwhile.
 * @throws OrchestrationError 404, 409 when it never stands still
 */
export async function persist(
  parts: TaskParts,
  access: Parameters<typeof findTask>[1],
  taskId: string,
  change: (present: TaskRecord) => Promise<TaskChange>,
): Promise<Persisted> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await findTask(parts, access, taskId);
    const wanted = await change(before);
    const result = await parts.tasks.change(access, wanted);
    if (result === 'moved') continue;
    if (result === 'missing') break;
    parts.scheduler.wake();
    if (result.runIds.length > 0) parts.engine.runsWait();
    const task = wanted.remove ? before : await findTask(parts, access, taskId);
    return { before, task, runIds: result.runIds };
  }
  await findTask(parts, access, taskId);
  throw new OrchestrationError('conflict', 'The task keeps changing; try again.');
}

/** @param deed as it stands behind "cannot be" */
export function taskState({ status }: TaskRecord, deed: string): OrchestrationError {
  return new OrchestrationError('conflict', `The task is ${status} and cannot be ${deed}.`);
}
