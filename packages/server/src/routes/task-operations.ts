import {
  BackfillTaskSchema,
  BulkTasksAnswerSchema,
  BulkTasksSchema,
  ResumeTaskSchema,
  RunTaskSchema,
  SnoozeTaskSchema,
  StopTaskSchema,
  TaskOperationSchema,
} from '@tenuto/contract';
import Type from 'typebox';
import { backfillTask } from '../services/task-backfill.ts';
import { changeTasks } from '../services/task-bulk.ts';
import {
  cancelTask,
  pauseTask,
  resumeTask,
  runTaskNow,
  snoozeTask,
} from '../services/task-operations.ts';
import type { TaskParts } from '../services/task-parts.ts';
import { callerOf, noBodyIsEmpty, type Typed } from './request.ts';
import { problems, TaskParameters } from './schemas.ts';

const ONE = '/api/v1/tasks/:task_id';
const config = { scope: 'tasks:update', limit: 'change' } as const;
const common = { tags: ['tasks'], params: TaskParameters };
const Key = Type.Object({ 'idempotency-key': Type.Optional(Type.String()) });
const response = { 200: TaskOperationSchema, ...problems(404, 409, 413, 415, 422) };

export function addTaskOperationRoutes(app: Typed, parts: TaskParts): void {
  app.post(
    '/api/v1/tasks/bulk',
    {
      config,
      schema: {
        ...{ tags: ['tasks'], summary: 'Pause or resume many tasks', body: BulkTasksSchema },
        response: { 200: BulkTasksAnswerSchema, ...problems(413, 415) },
      },
    },
    (request) => changeTasks(parts, callerOf(request), request.body),
  );
  app.post(
    `${ONE}/snooze`,
    {
      config,
      schema: { ...common, response, summary: 'Move the next firing', body: SnoozeTaskSchema },
    },
    (request) =>
      snoozeTask(parts, callerOf(request), {
        taskId: request.params.task_id,
        body: request.body,
      }),
  );
  app.post(
    `${ONE}/backfill`,
    {
      config: { ...config, limit: 'submit' },
      schema: {
        ...{ ...common, response, headers: Key, body: BackfillTaskSchema },
        summary: 'Make the runs of a past range',
      },
    },
    (request) =>
      backfillTask(parts, callerOf(request), {
        taskId: request.params.task_id,
        body: request.body,
        key: request.headers['idempotency-key'],
      }),
  );
  addStarts(app, parts);
  addStops(app, parts);
}

/** Operations whose body may be left out. */
function addStarts(app: Typed, parts: TaskParts): void {
  app.post(
    `${ONE}/run_now`,
    {
      config: { ...config, limit: 'submit' },
      preValidation: noBodyIsEmpty,
      schema: {
        ...{ ...common, response, headers: Key, body: RunTaskSchema },
        summary: 'Make a run of a task now',
      },
    },
    (request) =>
      runTaskNow(parts, callerOf(request), {
        taskId: request.params.task_id,
        body: request.body,
        key: request.headers['idempotency-key'],
      }),
  );
  app.post(
    `${ONE}/resume`,
    {
      config,
      preValidation: noBodyIsEmpty,
      schema: { ...common, response, summary: 'Let a paused task go on', body: ResumeTaskSchema },
    },
    (request) =>
      resumeTask(parts, callerOf(request), {
        taskId: request.params.task_id,
        body: request.body,
      }),
  );
}

function addStops(app: Typed, parts: TaskParts): void {
  app.post(
    `${ONE}/pause`,
    {
      config,
      preValidation: noBodyIsEmpty,
      schema: { ...common, response, summary: 'Pause a task', body: StopTaskSchema },
    },
    (request) =>
      pauseTask(parts, callerOf(request), {
        taskId: request.params.task_id,
        body: request.body,
      }),
  );
  app.post(
    `${ONE}/cancel`,
    {
      config,
      preValidation: noBodyIsEmpty,
      schema: { ...common, response, summary: 'End a task for good', body: StopTaskSchema },
    },
    (request) =>
      cancelTask(parts, callerOf(request), {
        taskId: request.params.task_id,
        body: request.body,
      }),
  );
}
