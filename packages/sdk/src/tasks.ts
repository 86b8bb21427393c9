import type {
  BackfillTask,
  BulkTasks,
  BulkTasksAnswer,
  EditTask,
  FiringView,
  JsonObject,
  PreviewTask,
  ResumeTask,
  RunDetail,
  RunStatsView,
  RunTask,
  RunView,
  SchedulePreview,
  SnoozeTask,
  StopTask,
  Task,
  TaskOperation,
  WriteTask,
} from '@tenuto/contract';
import { type ChangeOptions, createAsker, type SubmitOptions, submit } from './asking.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { type CallOptions, createReader, segment, signalOf } from './reading.ts';
import { runDetailShape, runShape } from './recovery-shapes.ts';
import type { Shape } from './shape.ts';
import {
  bulkTasksShape,
  firingShape,
  previewShape,
  runStatsShape,
  taskOperationShape,
  taskShape,
} from './task-shapes.ts';
import { send, type TransportOptions } from './transport.ts';

/** A task as it is sent: typed, or read from a file and left to the server to check. */
export type TaskBody = WriteTask | JsonObject;

export interface TaskQuery extends PageQuery {
  readonly status?: string;
  readonly schedule_kind?: string;
  readonly created_by?: string;
  /** Whole, or how it begins when it ends with `*`. */
  readonly title?: string;
  readonly concurrency_key?: string;
  /** Whether the last of its runs that is over has failed. */
  readonly failing?: boolean;
  /** `next`: those that fire next, without those that no time fires; else the newest first. */
  readonly sort?: 'newest' | 'next';
  /** How many of its last runs are told of each task. */
  readonly last_runs?: number;
}

export interface FiringQuery extends PageQuery {
  readonly outcome?: string;
  /** RFC 3339. */
  readonly from?: string;
  readonly to?: string;
}

/** Tasks: what fires when, and what came of it. Every function throws as `createClient` says. */
export interface Tasks {
  create(body: TaskBody, options?: SubmitOptions): Promise<Task>;
  /** Checks all of a task and shows when it would fire; nothing is stored. */
  validate(body: TaskBody, options?: CallOptions): Promise<SchedulePreview>;
  get(taskId: string, options?: CallOptions): Promise<Task>;
  list(query?: TaskQuery, options?: CallOptions): Listing<Task>;
  replace(taskId: string, body: TaskBody, options?: ChangeOptions): Promise<Task>;
  /** What is null is taken away. */
  update(taskId: string, changes: EditTask, options?: ChangeOptions): Promise<Task>;
  /** Answers the task as it was. */
  remove(taskId: string, options?: ChangeOptions): Promise<Task>;
  runNow(taskId: string, body?: RunTask, options?: SubmitOptions): Promise<TaskOperation>;
  snooze(taskId: string, body: SnoozeTask, options?: CallOptions): Promise<TaskOperation>;
  pause(taskId: string, body?: StopTask, options?: CallOptions): Promise<TaskOperation>;
  resume(taskId: string, body?: ResumeTask, options?: CallOptions): Promise<TaskOperation>;
  cancel(taskId: string, body?: StopTask, options?: CallOptions): Promise<TaskOperation>;
  backfill(taskId: string, body: BackfillTask, options?: SubmitOptions): Promise<TaskOperation>;
  /** Pauses or resumes all that are named; says of which it could not. */
  bulk(body: BulkTasks, options?: CallOptions): Promise<BulkTasksAnswer>;
  preview(
    taskId: string,
    query?: { readonly count?: number; readonly from?: string },
    options?: CallOptions,
  ): Promise<SchedulePreview>;
  /** Shows when a schedule would fire; nothing is stored. */
  previewSchedule(body: PreviewTask, options?: CallOptions): Promise<SchedulePreview>;
  /** What came of each firing, newest first. */
  firings(taskId: string, query?: FiringQuery, options?: CallOptions): Listing<FiringView>;
  runs(taskId: string, query?: PageQuery, options?: CallOptions): Listing<RunView>;
  latestRun(taskId: string, options?: CallOptions): Promise<RunDetail>;
  stats(
    taskId: string,
    query?: { readonly days?: number },
    options?: CallOptions,
  ): Promise<RunStatsView>;
}

const ROOT = '/tasks';
const pathOf = (taskId: string) => `${ROOT}/${segment(taskId)}`;

export function createTasks(transport: TransportOptions): Tasks {
  const { read, list } = createReader(transport);
  return {
    create: (body, { idempotencyKey = crypto.randomUUID(), ...options } = {}) =>
      send(transport, {
        ...{ method: 'POST', path: ROOT, body, shape: taskShape, repeatable: true },
        ...signalOf(options),
        headers: { 'idempotency-key': idempotencyKey },
      }),
    get: (taskId, options) => read(pathOf(taskId), taskShape, {}, options),
    list: (query, options) => list(ROOT, taskShape, { ...query }, options),
    ...changesOf(transport),
    ...operationsOf(transport),
    preview: (taskId, query, options) =>
      read(`${pathOf(taskId)}/preview`, previewShape, { ...query }, options),
    firings: (taskId, query, options) =>
      list(`${pathOf(taskId)}/firings`, firingShape, { ...query }, options),
    runs: (taskId, query, options) =>
      list(`${pathOf(taskId)}/runs`, runShape, { ...query }, options),
    latestRun: (taskId, options) =>
      read(`/runs/task/${segment(taskId)}/latest`, runDetailShape, {}, options),
    stats: (taskId, query, options) =>
      read(`/runs/task/${segment(taskId)}/stats`, runStatsShape, { ...query }, options),
  };
}

function changesOf(transport: TransportOptions): Pick<Tasks, 'replace' | 'update' | 'remove'> {
  const change = (
    method: 'PUT' | 'PATCH' | 'DELETE',
    taskId: string,
    { version, ...options }: ChangeOptions = {},
    body?: unknown,
  ) =>
    send(transport, {
      ...{ method, path: pathOf(taskId), shape: taskShape, ...signalOf(options) },
      // Sent again, a change of a version that it has itself outdated would be refused.
      repeatable: version === undefined && method !== 'DELETE',
      ...(body !== undefined && { body }),
      ...(version !== undefined && { headers: { 'if-match': `"${version}"` } }),
    });
  return {
    replace: (taskId, body, options) => change('PUT', taskId, options, body),
    update: (taskId, changes, options) => change('PATCH', taskId, options, changes),
    remove: (taskId, options) => change('DELETE', taskId, options),
  };
}

type Operations = Pick<
  Tasks,
  | 'runNow'
  | 'snooze'
  | 'pause'
  | 'resume'
  | 'cancel'
  | 'backfill'
  | 'bulk'
  | 'validate'
  | 'previewSchedule'
>;

/**
 * What makes runs has a key, and makes them once. The others are not sent again unasked: a second
 * snooze is not the same as one.
 */
function operationsOf(transport: TransportOptions): Operations {
  const ask = createAsker(transport);
  const does = <T>(path: string, shape: Shape<T>, body: unknown, options?: CallOptions) =>
    ask(path, shape, { body, repeatable: false, options });
  const operation =
    (verb: string) =>
    (taskId: string, body: unknown = {}, options?: CallOptions) =>
      does(`${pathOf(taskId)}/${verb}`, taskOperationShape, body, options);
  const making =
    (verb: string) =>
    (taskId: string, body: unknown = {}, options?: SubmitOptions) =>
      submit(
        transport,
        { path: `${pathOf(taskId)}/${verb}`, body, shape: taskOperationShape },
        options,
      );
  return {
    runNow: making('run_now'),
    snooze: operation('snooze'),
    pause: operation('pause'),
    resume: operation('resume'),
    cancel: operation('cancel'),
    backfill: making('backfill'),
    // Done again, it finds nothing left to do.
    bulk: (body, options) =>
      ask(`${ROOT}/bulk`, bulkTasksShape, { body, repeatable: true, options }),
    validate: (body, options) =>
      ask(`${ROOT}/validate`, previewShape, { body, repeatable: true, options }),
    previewSchedule: (body, options) =>
      ask(`${ROOT}/preview`, previewShape, { body, repeatable: true, options }),
  };
}
