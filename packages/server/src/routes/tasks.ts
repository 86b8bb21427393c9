import {
  EditTaskSchema,
  FIRING_OUTCOMES,
  FiringListSchema,
  LIMITS,
  PreviewTaskSchema,
  pagingParameters,
  RunListSchema,
  SCHEDULE_KINDS,
  SchedulePreviewSchema,
  TASK_ORDERS,
  TASK_STATUSES,
  TaskListSchema,
  TaskSchema,
  WriteTaskSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { etagOf } from '../services/job-state.ts';
import { listRunsOfTask } from '../services/runs.ts';
import type { JobParts } from '../services/services.ts';
import { deleteTask, editTask, replaceTask } from '../services/task-change.ts';
import type { TaskParts } from '../services/task-parts.ts';
import { previewSchedule, previewTask, validateTask } from '../services/task-preview.ts';
import { createTask, getTask, listFirings, listTasks } from '../services/tasks.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems, TaskParameters } from './schemas.ts';
import { addTaskOperationRoutes } from './task-operations.ts';

const BASE = '/api/v1/tasks';
const ONE = `${BASE}/:task_id`;
const tags = ['tasks'];
const PAGING = pagingParameters({ limit: 20, most: 100 });
const IfMatch = Type.Object({ 'if-match': Type.Optional(Type.String()) });

export function addTaskRoutes(instance: FastifyInstance, parts: TaskParts & JobParts): void {
  const app: Typed = instance.withTypeProvider();
  app.post(
    BASE,
    {
      config: { scope: 'tasks:create', limit: 'task' },
      schema: {
        ...{ tags, summary: 'Make a task' },
        headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String()) }),
        body: WriteTaskSchema,
        response: { 201: TaskSchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const task = await createTask(parts, callerOf(request), { body: request.body, key });
      return reply
        .code(201)
        .headers({ location: `${BASE}/${task.task_id}`, etag: etagOf(task) })
        .send(task);
    },
  );
  addReading(app, parts);
  addPreviews(app, parts);
  addPartsOfOne(app, parts);
  addChanges(app, parts);
  addTaskOperationRoutes(app, parts);
}

function addReading(app: Typed, parts: TaskParts): void {
  const config = { scope: 'tasks:read' } as const;
  app.get(
    BASE,
    {
      config,
      schema: {
        ...{ tags, summary: 'List tasks, newest first, or those that fire next' },
        querystring: Type.Object(
          {
            status: Type.Optional(Type.Enum([...TASK_STATUSES])),
            schedule_kind: Type.Optional(Type.Enum([...SCHEDULE_KINDS])),
            created_by: Type.Optional(Type.String()),
            title: Type.Optional(
              Type.String({ description: 'Whole, or how it begins when it ends with `*`.' }),
            ),
            concurrency_key: Type.Optional(Type.String()),
            failing: Type.Optional(
              Type.Boolean({
                description: 'Whether the last of its runs that is over has failed.',
              }),
            ),
            sort: Type.Optional(
              Type.Enum([...TASK_ORDERS], {
                description: '`next`: those that fire next, without those that no time fires.',
              }),
            ),
            last_runs: Type.Optional(
              Type.Integer({
                minimum: 0,
                maximum: 20,
                description: 'How many of its last runs are told of each task.',
              }),
            ),
            ...PAGING,
          },
          closed,
        ),
        response: { 200: TaskListSchema, ...problems() },
      },
    },
    (request) => listTasks(parts, callerOf(request), request.query),
  );
  app.get(
    ONE,
    {
      config,
      schema: {
        ...{ tags, summary: 'Read a task', params: TaskParameters },
        response: { 200: TaskSchema, ...problems(404) },
      },
    },
    async (request, reply) => {
      const task = await getTask(parts, callerOf(request), request.params.task_id);
      return reply.header('etag', etagOf(task)).send(task);
    },
  );
}

function addPreviews(app: Typed, parts: TaskParts): void {
  const config = { scope: 'tasks:read' } as const;
  app.post(
    `${BASE}/preview`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Show when a schedule would fire; nothing is stored' },
        body: PreviewTaskSchema,
        response: { 200: SchedulePreviewSchema, ...problems(413, 415, 422) },
      },
    },
    (request) => previewSchedule(parts, callerOf(request), request.body),
  );
  app.post(
    `${BASE}/validate`,
    {
      config: { scope: 'tasks:create' },
      schema: {
        ...{ tags, summary: 'Check all of a task and show when it would fire; nothing is stored' },
        body: WriteTaskSchema,
        response: { 200: SchedulePreviewSchema, ...problems(413, 415, 422) },
      },
    },
    (request) => validateTask(parts, callerOf(request), request.body),
  );
  app.get(
    `${ONE}/preview`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Show the next firings of a task', params: TaskParameters },
        querystring: Type.Object(
          {
            count: Type.Optional(
              Type.Integer({ minimum: 1, maximum: LIMITS.previewFirings, default: 10 }),
            ),
            from: Type.Optional(Type.String()),
          },
          closed,
        ),
        response: { 200: SchedulePreviewSchema, ...problems(404) },
      },
    },
    (request) =>
      previewTask(parts, callerOf(request), { ...request.query, taskId: request.params.task_id }),
  );
}

function addPartsOfOne(app: Typed, parts: TaskParts & JobParts): void {
  app.get(
    `${ONE}/firings`,
    {
      config: { scope: 'tasks:read' },
      schema: {
        ...{ tags, summary: 'List what came of each firing, newest first', params: TaskParameters },
        querystring: Type.Object(
          {
            outcome: Type.Optional(Type.Enum([...FIRING_OUTCOMES])),
            from: Type.Optional(Type.String({ description: 'Expected at or after.' })),
            to: Type.Optional(Type.String({ description: 'Expected at or before.' })),
            ...PAGING,
          },
          closed,
        ),
        response: { 200: FiringListSchema, ...problems(404) },
      },
    },
    (request) =>
      listFirings(parts, callerOf(request), { ...request.query, taskId: request.params.task_id }),
  );
  app.get(
    `${ONE}/runs`,
    {
      config: { scope: 'tasks:read' },
      schema: {
        ...{ tags, summary: 'List the runs of a task, newest first', params: TaskParameters },
        querystring: Type.Object(PAGING, closed),
        response: { 200: RunListSchema, ...problems(404) },
      },
    },
    (request) =>
      listRunsOfTask(parts, callerOf(request), {
        ...request.query,
        taskId: request.params.task_id,
      }),
  );
}

function addChanges(app: Typed, parts: TaskParts): void {
  const config = { scope: 'tasks:update', limit: 'change' } as const;
  const common = { tags, params: TaskParameters, headers: IfMatch };
  const response = { 200: TaskSchema, ...problems(404, 409, 412, 413, 415, 422) };
  app.put(
    ONE,
    {
      config,
      schema: { ...common, summary: 'Replace what a task says', body: WriteTaskSchema, response },
    },
    async (request, reply) => {
      const change = { ...changeOf(request), body: request.body };
      const task = await replaceTask(parts, callerOf(request), change);
      return reply.header('etag', etagOf(task)).send(task);
    },
  );
  app.patch(
    ONE,
    {
      config,
      schema: { ...common, summary: 'Change parts of a task', body: EditTaskSchema, response },
    },
    async (request, reply) => {
      const change = { ...changeOf(request), changes: request.body };
      const task = await editTask(parts, callerOf(request), change);
      return reply.header('etag', etagOf(task)).send(task);
    },
  );
  app.delete(
    ONE,
    {
      config: { scope: 'tasks:delete', limit: 'change' },
      schema: {
        ...{ ...common, summary: 'Delete a task; its runs stay' },
        response: { 200: TaskSchema, ...problems(404, 409, 412) },
      },
    },
    (request) => deleteTask(parts, callerOf(request), changeOf(request)),
  );
}

function changeOf(request: {
  readonly params: { readonly task_id: string };
  readonly headers: { readonly 'if-match'?: string };
}) {
  return { taskId: request.params.task_id, ifMatch: request.headers['if-match'] };
}
