/** What a task is made of: its rules checked, its graph compiled, its schedule read. */
import {
  type BackoffAlias,
  type DagInput,
  type InlineRetryPolicy,
  type JsonObject,
  OrchestrationError,
  ScheduleError,
  type SubmitJob,
  type TaskDefinition,
  type TaskPayload,
  type ValidationError,
  type WriteTask,
} from '@tenuto/contract';
import {
  type Access,
  firstTick,
  hasSchedule,
  type Plan,
  pipelineGraph,
  type Schedule,
  type StoredInput,
  scheduleOf,
  type TaskChange,
  type TaskMaking,
} from '@tenuto/engine';
import { checkJob } from './job-submit.ts';
import { readRun } from './run-input.ts';
import type { TaskParts } from './task-parts.ts';
import { checkTask } from './task-rules.ts';

export type TaskContent = NonNullable<TaskChange['content']>;

interface Beginning {
  readonly now: number;
  readonly createdAt: number;
  readonly schedule?: Schedule;
}

const DEFAULT_ZONE = 'UTC';
/** What is asked of the nodes of a task's graph that have no policy of their own. */
const ALIASES: Readonly<Record<BackoffAlias, InlineRetryPolicy>> = {
  exponential_jitter: { strategy: 'exponential_backoff', jitter: 'full' },
  linear: { strategy: 'linear_backoff' },
  fixed: { strategy: 'exponential_backoff', backoff_multiplier: 1 },
};

/**
 * Checks what a task says and compiles what it does.
 * @param now milliseconds since the epoch by the database's clock
 * @throws OrchestrationError 422 with the paths of what is wrong
 */
export async function readTask(
  parts: TaskParts,
  access: Access,
  { body, now }: { readonly body: WriteTask; readonly now: number },
): Promise<TaskContent> {
  const { payload, ...written } = body;
  const { timezone = parts.rules.defaults.timezone ?? DEFAULT_ZONE } = written;
  const definition: TaskDefinition = { ...written, timezone };
  checkTask(definition, payload, now);
  const making = await makingOf(parts, access, definition, payload);
  return { definition, payload, making };
}

/**
 * Where a task stands that begins, or begins anew, at `now`.
 * @param createdAt where a bare rule begins
 * @param schedule that of the task, where it has been read
 * @throws ScheduleError for a schedule that cannot be read or has no firing ahead
 */
export function beginning(
  task: { readonly taskId: string; readonly definition: TaskDefinition },
  { now, createdAt, schedule }: Beginning,
): { readonly tickAt: number | null; readonly dueAt: number | null } {
  const { definition } = task;
  if (!hasSchedule(definition)) {
    const probes = definition.probe !== undefined;
    return { tickAt: probes ? now : null, dueAt: probes ? now : null };
  }
  const first = firstTick(task, schedule ?? scheduleOf(definition, createdAt), now);
  if (first.tickAt !== null) return first;
  const once = definition.schedule_kind === 'once';
  throw new ScheduleError(
    '/schedule_expr',
    once ? 'The time has passed; give one that is to come.' : 'The schedule has no firing ahead.',
  );
}

async function makingOf(
  parts: TaskParts,
  access: Access,
  definition: TaskDefinition,
  payload: TaskPayload,
): Promise<TaskMaking> {
  const { probe } = definition;
  const made =
    payload.profile === undefined
      ? await compiled(parts, access, { definition, ...(await graphOf(parts, access, payload)) })
      : await phasedMaking(parts, access, definition, { ...payload, profile: payload.profile });
  if (probe === undefined) return made;
  const nodes = [
    { id: 'probe', ...probe },
    {
      id: 'holds',
      uses: 'transform.cel',
      with: { expression: definition.schedule_expr },
      parent_nodes: ['probe'],
    },
  ];
  const params = payload.params as JsonObject | undefined;
  const from = { dag: { nodes }, params: params ?? {}, placeOf: probePlace };
  return { ...made, probe: await compiled(parts, access, { definition, ...from }) };
}

/** Runs of a profile go on by themselves: nobody is there to say `next`. */
async function phasedMaking(
  parts: TaskParts,
  access: Access,
  definition: TaskDefinition,
  { profile, intake, params }: TaskPayload & { readonly profile: string },
): Promise<TaskMaking> {
  const asked = {
    ...{ profile, project_name: definition.title, auto_advance: true },
    ...(intake !== undefined && { intake }),
    ...(params !== undefined && { params }),
  };
  const retry = retryWords(definition);
  const placeOf = (path: string) => `/payload${path}`;
  const { job, input } = await placed(placeOf, () =>
    readRun(parts, { access, asked, door: 'task', retry }),
  );
  return {
    ...{ plan: storedPlan(job.plan), input: inputText(input) },
    profile: input.phased.profile,
  };
}

interface Graph {
  readonly dag: DagInput;
  readonly params: JsonObject;
  /** The place in the task of a place in the graph. */
  placeOf(path: string): string;
}

async function graphOf(parts: TaskParts, access: Access, payload: TaskPayload): Promise<Graph> {
  const params = (payload.params ?? {}) as JsonObject;
  if (payload.pipeline !== undefined) {
    const dag = pipelineGraph(payload.pipeline);
    const placeOf = (path: string) => path.replace(/^\/dag_definition\/nodes/, '/payload/pipeline');
    return { dag, params, placeOf };
  }
  if (payload.dag_definition !== undefined) {
    const placeOf = (path: string) => path.replace(/^\/dag_definition/, '/payload/dag_definition');
    return { dag: payload.dag_definition, params, placeOf };
  }
  const { template = '' } = payload;
  const resolve = parts.rules.templates;
  if (resolve === undefined) throw fault('/payload/template', 'There are no templates here.');
  const made = await placed(
    (path) => `/payload${path}`,
    () => resolve(access, { template, params }),
  );
  return { dag: made.dag, params: made.params, placeOf: () => '/payload/template' };
}

function probePlace(path: string): string {
  return path
    .replace(/^\/dag_definition\/nodes\/0/, '/probe')
    .replace(/^\/dag_definition\/nodes\/1.*/, '/schedule_expr');
}

async function compiled(
  parts: TaskParts,
  access: Access,
  { definition, dag, params, placeOf }: Graph & { readonly definition: TaskDefinition },
): Promise<{ readonly plan: TaskMaking['plan']; readonly input: string }> {
  const job: SubmitJob = {
    name: definition.title,
    dag_definition: dag,
    execution_context: { ...params },
    ...retryWords(definition),
  };
  const { plan, run } = await placed(placeOf, () => checkJob(parts, access, job, 'task'));
  return { plan: storedPlan(plan), input: inputText(run) };
}

function storedPlan({ hash, document, nodeCount }: Plan): TaskMaking['plan'] {
  return { hash, document, nodeCount };
}

function inputText(run: StoredInput): string {
  return JSON.stringify(run);
}

/** What the task says about retries, in the words of a job. */
function retryWords(definition: TaskDefinition): Pick<SubmitJob, 'max_retries' | 'retry_policy'> {
  const { backoff_strategy: backoff, max_retries: retries, retry_policy: written } = definition;
  const strategy = backoff === undefined ? {} : aliasOf(backoff);
  const policy = { ...strategy, ...written };
  return {
    ...(retries !== undefined && { max_retries: retries }),
    ...(Object.keys(policy).length > 0 && { retry_policy: policy }),
  };
}

function aliasOf(backoff: NonNullable<TaskDefinition['backoff_strategy']>): InlineRetryPolicy {
  if (backoff === 'exponential_jitter' || backoff === 'linear' || backoff === 'fixed') {
    return ALIASES[backoff];
  }
  return { strategy: backoff };
}

/** Errors of the compiler, told at the places of the task. */
async function placed<T>(placeOf: (path: string) => string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OrchestrationError) || error.validationErrors.length === 0) throw error;
    const validationErrors: readonly ValidationError[] = error.validationErrors.map((one) => ({
      ...one,
      path: placeOf(one.path.startsWith('/nodes') ? `/dag_definition${one.path}` : one.path),
    }));
    throw new OrchestrationError(error.code, error.message, { validationErrors });
  }
}

function fault(path: string, message: string): OrchestrationError {
  return new OrchestrationError('unprocessable', message, {
    validationErrors: [{ path, message }],
  });
}
