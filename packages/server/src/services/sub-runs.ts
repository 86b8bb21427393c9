import { createHash } from 'node:crypto';
import type { DagInput, JsonObject } from '@tenuto/contract';
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
  readonly dag: DagInput;
  readonly params: JsonObject;
  readonly name: string;
  readonly owner: string;
  readonly parentRun: string;
  readonly idempotencyKey: string;
}

interface SubRunParts {
  readonly engine: () => Engine;
  readonly jobs: Pick<JobStore, 'submission'>;
  readonly tests: Pick<TestStore, 'catalogue'>;
  readonly rules: Omit<JobRules, 'clock'>;
}

/**
 * Makes the function that starts a run in the name of another run's owner.
 * @throws OrchestrationError as a submit does
 */
export function createSubRuns({ engine, jobs, tests, rules }: SubRunParts) {
  return async function start(request: SubRun): Promise<string> {
    const { params, owner, idempotencyKey: key } = request;
    const { defaults, checkAction } = rules;
    const asked = canonicalJson({ dag: request.dag, params });
    const requestHash = createHash('sha256').update(asked).digest();
    const { dag } = await expandTests(tests.catalogue, owner, request.dag);
    const stored = await rules.policies.forJob({ owner, all: false }, {}, dag);
    const { options } = jobRetry({}, stored, defaults);
    const checks = (await rules.graphs?.checks(owner, dag)) ?? { checkAction };
    const plan = compilePlan(cappedGraph(dag, defaults.maxRetryDelayMs), { ...options, ...checks });
    await rules.graphs?.refuseUnknown(owner, { plan, placeOf: (path) => path });
    const result = await engine().submit({
      plan,
      input: {
        params,
        maxConcurrentNodes: defaults.maxConcurrentNodes,
        failFast: false,
        timeoutMs: defaults.timeoutMs,
        ...(stored.used.length > 0 && { retryPolicies: stored.used }),
      },
      owner,
      triggeredBy: `run ${request.parentRun}`,
      name: request.name,
      jobType: DEFAULT_JOB_TYPE,
      kind: 'job',
      priority: 5,
      parentRun: request.parentRun,
      idempotency: { key, requestHash },
      audit: {
        actor: owner,
        action: 'job.created',
        subject: '',
        details: { name: request.name, parent_run: request.parentRun },
      },
    });
    if (!result.duplicate) return result.runId;
    const first = await jobs.submission(owner, key);
    if (first === undefined) throw new Error('a run that exists was not found by its key');
    return first.runId;
  };
}
