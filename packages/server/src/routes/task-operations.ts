import {
  BackfillTaskSchema,
  ResumeTaskSchema,
  RunTaskSchema,
  SnoozeTaskSchema,
  StopTaskSchema,
  TaskOperationSchema,
} from '@tenuto/contract';
import { backfillTask } from '../services/task-backfill.ts';
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
const response = { 200: TaskOperationSchema, ...problems(404, 409, 413, 415, 422) };

export function addTaskOperationRoutes(app: Typed, parts: TaskParts): void {
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
        ...{ ...common, response, body: BackfillTaskSchema },
        summary: 'Make the runs of a past range',
      },
    },
    (request) =>
      backfillTask(parts, callerOf(request), {
        taskId: request.params.task_id,
        body: request.body,
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
      schema: { ...common, response, summary: 'Make a run of a task now', body: RunTaskSchema },
    },
    (request) =>
      runTaskNow(parts, callerOf(request), {
        taskId: request.params.task_id,
        body: request.body,
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
