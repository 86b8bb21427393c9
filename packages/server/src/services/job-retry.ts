import { type InlineRetryPolicy, RetryPolicyError, type SubmitJob } from '@tenuto/contract';
import { type CompileOptions, retryPolicyProblems, withRetries } from '@tenuto/engine';
import type { JobDefaults } from './job-defaults.ts';
import { cappedPolicy } from './retry-cap.ts';
import type { JobPolicies } from './retry-policy-use.ts';

/** The retry policy of a job: the default of its nodes. */
export interface JobRetry {
  readonly options: Pick<CompileOptions, 'retry' | 'retryFrom' | 'policies'>;
  /** Attempts after the first. */
  readonly maxRetries: number;
}

/**
 * What the job writes goes before the stored policy that it names, field by field; that, or the one
 * for its type, before the deployment's defaults. `max_retries` counts where no policy that the job
 * writes says a number.
 * @throws RetryPolicyError for a policy that cannot be followed
 */
export function jobRetry(
  body: Pick<SubmitJob, 'retry_policy' | 'max_retries'>,
  { job, policies }: Pick<JobPolicies, 'job' | 'policies'>,
  defaults: Pick<JobDefaults, 'maxRetries' | 'maxRetryDelayMs'>,
): JobRetry {
  const { retry_policy: written = {}, max_retries: asked } = body;
  refuseWrong(written);
  const stored = job === undefined ? {} : withRetries(job.policy, retriesOf(written) ?? asked);
  const policy = { ...stored, ...written };
  const maxRetries = retriesOf(policy) ?? asked ?? defaults.maxRetries;
  const counted = retriesOf(policy) === undefined ? { ...policy, max_retries: maxRetries } : policy;
  return {
    options: {
      retry: cappedPolicy(counted, defaults.maxRetryDelayMs),
      policies,
      ...(job !== undefined && body.retry_policy === undefined && { retryFrom: job.policyId }),
    },
    maxRetries,
  };
}

/** Attempts after the first; undefined when the policy does not say. */
function retriesOf({ max_attempts: attempts, max_retries: retries }: InlineRetryPolicy) {
  return attempts === undefined ? retries : attempts - 1;
}

function refuseWrong(policy: InlineRetryPolicy): void {
  const problems = retryPolicyProblems(policy);
  const [first] = problems;
  if (first === undefined) return;
  const placed = problems.map((problem) => ({ ...problem, path: `/retry_policy${problem.path}` }));
  throw new RetryPolicyError(`/retry_policy${first.path}: ${first.message}`, placed);
}
