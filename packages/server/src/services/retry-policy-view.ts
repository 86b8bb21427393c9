import {
  formatTime,
  RetryPolicyError,
  type StoredRetryPolicy,
  type ValidationError,
  type WriteRetryPolicy,
} from '@tenuto/contract';
import {
  type RetryPolicyContent,
  type RetryPolicyRecord,
  retryPolicyProblems,
} from '@tenuto/engine';

/** Digits that a rate is told with. */
const RATE_SCALE = 10_000;

export function retryPolicyView(record: RetryPolicyRecord): StoredRetryPolicy {
  const { measure } = record;
  return {
    policy_id: record.policyId,
    name: record.name,
    description: record.description,
    policy: record.policy,
    applicable_job_types: [...record.jobTypes],
    version: record.version,
    schema_version: 1,
    owner: record.owner,
    created_at: formatTime(record.createdAt),
    updated_at: formatTime(record.updatedAt),
    updated_by: record.updatedBy,
    success_rate: rate(measure.completed, measure.nodes),
    average_attempts: rate(measure.attempts, measure.nodes),
    counts: { ...measure },
  };
}

function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * RATE_SCALE) / RATE_SCALE;
}

/**
 * What a request wants a policy to say.
 * @throws RetryPolicyError for a policy that cannot be followed
 */
export function retryPolicyContent(body: WriteRetryPolicy): RetryPolicyContent {
  const { name, description = null, policy, applicable_job_types: jobTypes = [] } = body;
  const problems: ValidationError[] = [...retryPolicyProblems(policy)];
  if (policy.strategy === 'custom_backoff' && policy.delays_ms === undefined) {
    problems.push({ path: '/delays_ms', message: 'custom_backoff has no delays without it.' });
  }
  const [first] = problems;
  if (first !== undefined) {
    const placed = problems.map((problem) => ({ ...problem, path: `/policy${problem.path}` }));
    throw new RetryPolicyError(`/policy${first.path}: ${first.message}`, placed);
  }
  return { name, description, policy, jobTypes: [...new Set(jobTypes)] };
}
