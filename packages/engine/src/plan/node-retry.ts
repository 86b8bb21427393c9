/** Which retry policy a node runs under: its own, a stored one that it names, or its job's. */
import type { NodeInput } from '@tenuto/contract';
import {
  type RetryPolicy,
  resolveRetryPolicy,
  retryPolicyProblems,
  withRetries,
} from '../retry/index.ts';
import type { NodeSpec, StoredPolicies, StoredPolicy } from './plan.ts';
import type { Problems } from './problems.ts';

export interface RetryContext {
  /** The job's policy: the default of its nodes. */
  readonly defaultRetry: RetryPolicy;
  /** The stored policy that the job's is, if it is one. */
  readonly jobPolicy: StoredPolicy | undefined;
  readonly policies: StoredPolicies;
  /** The plan is compiled again: its policies were checked by the rules of their day. */
  readonly isStored: boolean;
  readonly problems: Problems;
}

/** A policy that is named stands for itself: what it does not say is not taken from the job. */
export function nodeRetry(
  context: RetryContext,
  node: NodeInput,
  path: string,
): Pick<NodeSpec, 'retry' | 'retryFrom'> {
  const { retry: written, max_retries: maxRetries } = node;
  const { defaultRetry, jobPolicy } = context;
  if (typeof written === 'string') return namedRetry(context, { path, written, maxRetries });
  if (written === undefined && maxRetries === undefined) {
    return { retry: defaultRetry, retryFrom: jobPolicy };
  }
  const unchecked = written === undefined || context.isStored;
  const problems = unchecked ? [] : retryPolicyProblems(written);
  for (const { path: where, message, value } of problems) {
    context.problems.add(`${path}/retry${where}`, `In retry of "${node.id}": ${message}`, value);
  }
  return {
    retry: resolveRetryPolicy(written, maxRetries, defaultRetry),
    retryFrom: written === undefined ? jobPolicy : undefined,
  };
}

function namedRetry(
  { policies, problems, defaultRetry }: RetryContext,
  named: {
    readonly path: string;
    readonly written: string;
    readonly maxRetries: number | undefined;
  },
): Pick<NodeSpec, 'retry' | 'retryFrom'> {
  const { path, written, maxRetries } = named;
  const stored = policies.get(written.toLowerCase());
  if (stored === undefined) {
    problems.add(`${path}/retry`, `There is no retry policy ${written}.`, written);
    return { retry: defaultRetry, retryFrom: undefined };
  }
  return { retry: resolveRetryPolicy(withRetries(stored.policy, maxRetries)), retryFrom: stored };
}
