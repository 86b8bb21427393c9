import {
  type DryRun,
  type Job,
  OrchestrationError,
  type SubmitJob,
  timeOfId,
} from '@tenuto/contract';
import {
  type Access,
  type Idempotency,
  type Plan,
  type RunRecord,
  type Submission,
  shapeOf,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { readIdempotency, refuseOtherUse } from './idempotency.ts';
import { jobGraph } from './job-graph.ts';
import { type JobInput, type JobSources, readJobInput } from './job-input.ts';
import { refuseUnreachable } from './job-notify.ts';
import { jobView } from './job-view.ts';
import { modelsNamed, refuseUnpriced } from './model-prices.ts';
import { DEFAULT_JOB_TYPE } from './retry-policy-use.ts';
import type { JobParts } from './services.ts';
import { atTemplate, withTemplate } from './template-use.ts';

/** A level with more nodes than this is told of: they wait for each other's slots. */
const LEVELS_NAMED = 1_000;
/** Somebody has to make room. */
const FULL_RETRY_SECONDS = 30;

/** What a job would be: nothing is stored. */
export async function dryRunJob(parts: JobParts, caller: Caller, body: SubmitJob): Promise<DryRun> {
  const access = authorize(caller.principal, 'jobs:write', 'jobs');
  const { input, job } = await understood(parts, access, body);
  await refuseUnreachable(parts, access.owner, job);
  const shape = shapeOf(input.plan);
  return {
    valid: true,
    plan_hash: input.plan.hash,
    node_count: input.plan.nodeCount,
    edge_count: input.plan.edgeCount,
    levels: shape.levelSizes.map((nodes, level) => ({ level, nodes })).slice(0, LEVELS_NAMED),
    critical_path: shape.criticalPath.slice(0, LEVELS_NAMED),
    critical_path_length: shape.criticalPath.length,
    widest_level: { ...shape.widestLevel },
    warnings: warningsOf(input, shape.widestLevel.nodes),
  };
}

function warningsOf({ plan, run, scheduledAt }: JobInput, widest: number): string[] {
  const warnings: string[] = [];
  if (widest > run.maxConcurrentNodes) {
    warnings.push(
      `${widest} nodes could run at once and max_concurrent_nodes is ${run.maxConcurrentNodes}.`,
    );
  }
  const longest = plan.specs.reduce((most, spec) => Math.max(most, spec.timeoutMs ?? 0), 0);
  if (longest > run.timeoutMs) {
    warnings.push('A node may take longer than the timeout_ms of the job.');
  }
  if (run.deadlineAt !== undefined && scheduledAt !== undefined) {
    const left = run.deadlineAt - scheduledAt;
    if (left < run.timeoutMs) warnings.push('The deadline ends the job before its timeout_ms.');
  }
  if (run.recovery !== undefined && run.recovery.stallLimitMs === undefined) {
    const stalls = run.recovery.rules.some(({ when }) => [when?.status].flat().includes('stalled'));
    if (stalls)
      warnings.push('Without stall_limit_ms no rule about stalled jobs is ever followed.');
  }
  return warnings;
}

/**
 * Stores a job; its answer is sent only after the commit. The same key with the same body answers
 * with the job that the first request made.
 * @throws OrchestrationError as {@link readJobInput}, 422 for a key used with another body, and
 *   503 when the journal cannot keep up or the database is away
 */
export function submitJob(
  parts: JobParts,
  caller: Caller,
  { body, key }: { readonly body: SubmitJob; readonly key: string | undefined },
): Promise<Job> {
  const { owner } = authorize(caller.principal, 'jobs:write', 'jobs');
  return submitOnce(parts, caller, { request: body, key, owner, make: async () => body });
}

export interface OnceOnly {
  /** What was asked for: the same again under one key is the same request. */
  readonly request: object;
  readonly key: string | undefined;
  /** Whose job it will be; keys are an owner's own. */
  readonly owner: string;
  /** Makes the job to submit. */
  make(): Promise<SubmitJob>;
}

/** Submits a job unless the key says that this was done before. */
export async function submitOnce(
  parts: JobParts,
  caller: Caller,
  { request, key, owner, make }: OnceOnly,
): Promise<Job> {
  const idempotency = readIdempotency(key, request);
  const used = idempotency && { ...idempotency, owner };
  const before = used && (await firstAnswer(parts, caller, used));
  if (before !== undefined) return before;
  refuseWhenFull(parts);
  const body = await make();
  const access = { ...authorize(caller.principal, 'jobs:write', 'jobs'), owner };
  const { input, job } = await understood(parts, access, body);
  await refuseUnreachable(parts, owner, job);
  const submission = submissionOf(caller, owner, job, input);
  const result = await parts.gate.submit({ owner, admin: access.all }, () =>
    parts.engine.submit({ ...submission, ...(idempotency && { idempotency }) }),
  );
  if (!result.duplicate) {
    const record = recordOf(submission, result.runId, result.status);
    return jobView(record, parts.engine.live(result.runId), parts.clock.wall());
  }
  const winner = used && (await firstAnswer(parts, caller, used));
  if (winner !== undefined) return winner;
  throw new OrchestrationError('conflict', 'Another request with this key is under way.');
}

/** A job as it was understood: with what its template says, if it has one. */
async function understood(
  parts: JobParts,
  access: Access,
  body: SubmitJob,
): Promise<{ readonly input: JobInput; readonly job: SubmitJob }> {
  const job = await withTemplate(parts.rules.templates, access, body);
  const input = await atTemplate(body, () => checkJob(parts, access, job));
  return { input, job };
}

/** What is asked about the graph of a job. */
export interface GraphParts extends Pick<JobParts, 'rules'> {
  readonly tests: Pick<JobParts['tests'], 'catalogue'>;
}

/**
 * Checks all of a job that can be known before it runs.
 * @throws OrchestrationError as {@link readJobInput}, and 422 for secrets that are not there
 */
export async function checkJob(
  parts: GraphParts,
  access: Access,
  job: SubmitJob,
  door?: JobSources['door'],
): Promise<JobInput> {
  const sources = { ...(await sourcesOf(parts, access, job)), ...(door !== undefined && { door }) };
  const input = readJobInput(job, sources, parts.rules);
  await refuseUnknown(parts, access, { plan: input.plan, graph: sources.graph });
  const { prices } = parts.rules;
  if (job.budget !== undefined && prices !== undefined) {
    await refuseUnpriced(prices, modelsNamed(sources.graph.dag, job.budget));
  }
  return input;
}

/** Looks up what a job of this owner's names and does not say itself. */
async function sourcesOf(
  { tests, rules }: GraphParts,
  access: Access,
  body: SubmitJob,
): Promise<JobSources> {
  const graph = await jobGraph(tests.catalogue, access.owner, body);
  const { checkAction, graphs } = rules;
  return {
    graph,
    policies: await rules.policies.forJob(access, body, graph.dag),
    checks: (await graphs?.checks(access.owner, graph.dag)) ?? { checkAction },
  };
}

/** @throws PlanError for a secret that the job's owner does not have */
async function refuseUnknown(
  { rules }: GraphParts,
  { owner }: Access,
  { plan, graph }: { readonly plan: Plan; readonly graph: JobSources['graph'] },
): Promise<void> {
  await rules.graphs?.refuseUnknown(owner, { plan, placeOf: graph.placeOf });
}

/** What is accepted must be finished, and that takes room on the disk. */
export function refuseWhenFull({ refusal }: Pick<JobParts, 'refusal'>): void {
  const reason = refusal();
  if (reason === undefined) return;
  throw new OrchestrationError('overloaded', reason, { retryAfterSeconds: FULL_RETRY_SECONDS });
}

async function firstAnswer(
  parts: JobParts,
  caller: Caller,
  { owner, ...idempotency }: Idempotency & { readonly owner: string },
): Promise<Job | undefined> {
  const access = authorize(caller.principal, 'jobs:write', 'jobs');
  const used = await parts.jobs.submission(owner, idempotency.key);
  if (used === undefined) return undefined;
  refuseOtherUse(idempotency, used);
  const run = await parts.jobs.find(access, used.runId);
  return run && jobView(run, parts.engine.live(run.runId), parts.clock.wall());
}

function submissionOf(
  { principal, requestId }: Caller,
  owner: string,
  body: SubmitJob,
  input: JobInput,
): Submission {
  const tags = [...new Set(body.tags ?? [])];
  return {
    plan: input.plan,
    input: input.run,
    owner,
    triggeredBy: principal.actor,
    name: input.name,
    jobType: body.job_type ?? DEFAULT_JOB_TYPE,
    kind: 'job',
    priority: body.priority ?? 5,
    ...(input.description !== undefined && { description: input.description }),
    ...(tags.length > 0 && { tags }),
    ...(body.metadata !== undefined && { metadata: body.metadata as RunRecord['metadata'] }),
    ...(input.scheduledAt !== undefined && { scheduledAt: input.scheduledAt }),
    audit: {
      actor: principal.actor,
      action: 'job.created',
      subject: '',
      details: { name: input.name, plan: input.plan.hash, nodes: input.plan.nodeCount },
      requestId,
    },
  };
}

/** The row as it was written, without reading it back. */
function recordOf(submission: Submission, runId: string, status: RunRecord['status']): RunRecord {
  const createdAt = timeOfId(runId);
  return {
    runId,
    planHash: submission.plan.hash,
    kind: submission.kind,
    taskId: null,
    owner: submission.owner,
    name: submission.name,
    jobType: submission.jobType,
    description: submission.description ?? null,
    priority: submission.priority,
    triggeredBy: submission.triggeredBy,
    tags: submission.tags ?? [],
    metadata: submission.metadata ?? {},
    input: submission.input,
    nodeCount: submission.plan.nodeCount,
    createdAt,
    scheduledAt: submission.scheduledAt ?? null,
    startedAt: status === 'running' ? createdAt : null,
    completedAt: null,
    status,
    progress: null,
    cancelling: false,
    version: 1,
    over: false,
  };
}
