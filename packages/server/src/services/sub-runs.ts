import { createHash } from 'node:crypto';
import {
  type DagInput,
  type JsonObject,
  LIMITS,
  OrchestrationError,
  type TemplateJob,
} from '@tenuto/contract';
import {
  canonicalJson,
  compilePlan,
  type Engine,
  type JobStore,
  type TestStore,
} from '@tenuto/engine';
import { jobRetry } from './job-retry.ts';
import type { JobRules } from './job-rules.ts';
import { cappedGraph } from './retry-cap.ts';
import { DEFAULT_JOB_TYPE } from './retry-policy-use.ts';
import { expandTests } from './test-expansion.ts';

/** A run that a node starts; asked for again under the same key, it is the same run. */
interface SubRun {
  /** Its graph, or the template that it is made from. */
  readonly from:
    | { readonly dag: DagInput }
    | { readonly template: string; readonly version?: number };
  readonly params: JsonObject;
  readonly name: string | undefined;
  readonly owner: string;
  readonly parentRun: string;
  readonly parentNode: string;
  readonly idempotencyKey: string;
}

interface SubRunParts {
  readonly engine: () => Engine;
  readonly jobs: Pick<JobStore, 'submission' | 'find'>;
  readonly tests: Pick<TestStore, 'catalogue'>;
  readonly rules: Omit<JobRules, 'clock'>;
}

/**
 * Makes the function that starts a run in the name of another run's owner.
 * @throws OrchestrationError as a submit does, and 422 for a run that stands too deep below others
 */
export function createSubRuns(parts: SubRunParts) {
  const { engine, jobs, rules } = parts;
  return async function start(request: SubRun): Promise<string> {
    const { owner, idempotencyKey: key, parentRun } = request;
    const depth = await depthOf(jobs, request);
    const { dag, params, job, name } = await contentOf(rules, request);
    const asked = canonicalJson({ ...request.from, params: request.params });
    const requestHash = createHash('sha256').update(asked).digest();
    const { plan, stored } = await planOf(parts, { owner, dag, job });
    const { defaults } = rules;
    const result = await engine().submit({
      plan,
      input: {
        params,
        maxConcurrentNodes: job.max_concurrent_nodes ?? defaults.maxConcurrentNodes,
        failFast: job.fail_fast ?? false,
        timeoutMs: job.timeout_ms ?? defaults.timeoutMs,
        ...(stored.used.length > 0 && { retryPolicies: stored.used }),
        ...{ depth },
      },
      ...{ owner, triggeredBy: `run ${parentRun}`, name, kind: 'job', parentRun },
      jobType: job.job_type ?? DEFAULT_JOB_TYPE,
      priority: job.priority ?? 5,
      ...(job.tags !== undefined && { tags: [...new Set(job.tags)] }),
      idempotency: { key, requestHash },
      audit: {
        ...{ actor: owner, action: 'job.created', subject: '' },
        details: { name, parent_run: parentRun },
      },
    });
    if (!result.duplicate) return result.runId;
    const first = await jobs.submission(owner, key);
    if (first === undefined) throw new Error('a run that exists was not found by its key');
    return first.runId;
  };
}

/** How deep the new run stands below runs that have started each other. */
async function depthOf(jobs: SubRunParts['jobs'], { owner, parentRun }: SubRun): Promise<number> {
  const parent = await jobs.find({ owner, all: false }, parentRun);
  const depth = (parent?.input.depth ?? 0) + 1;
  if (depth <= LIMITS.subRunDepth) return depth;
  const detail = `Runs start runs ${LIMITS.subRunDepth} deep already; does a template start itself?`;
  throw new OrchestrationError('unprocessable', detail);
}

async function contentOf(
  { templates }: Pick<JobRules, 'templates'>,
  { from, params, owner, name, parentNode }: SubRun,
) {
  const given = name ?? parentNode.slice(0, LIMITS.jobNameChars);
  if ('dag' in from) {
    const job: TemplateJob = {};
    return { dag: from.dag, params, job, name: given };
  }
  if (templates === undefined) throw new Error('there are no templates');
  const resolved = await templates({ owner, all: false }, { ...from, params });
  return { ...resolved, name: name ?? resolved.name };
}

async function planOf(
  { tests, rules }: SubRunParts,
  of: { readonly owner: string; readonly dag: DagInput; readonly job: TemplateJob },
) {
  const { owner, job } = of;
  const { defaults, checkAction, graphs, policies } = rules;
  const { dag } = await expandTests(tests.catalogue, owner, of.dag);
  const stored = await policies.forJob({ owner, all: false }, job, dag);
  const { options } = jobRetry(job, stored, defaults);
  const checks = (await graphs?.checks(owner, dag)) ?? { checkAction };
  const plan = compilePlan(cappedGraph(dag, defaults.maxRetryDelayMs), { ...options, ...checks });
  await graphs?.refuseUnknown(owner, { plan, placeOf: (path) => path });
  return { plan, stored };
}
