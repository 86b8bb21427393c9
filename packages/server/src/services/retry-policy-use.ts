/** Which stored retry policies a job uses, as they are at the moment of its submit. */
import {
  type DagInput,
  type InlineRetryPolicy,
  LIMITS,
  type NodeInput,
  RetryPolicyError,
  type SubmitJob,
  type UsedRetryPolicy,
} from '@tenuto/contract';
import type {
  Access,
  Clock,
  RetryPolicyStore,
  StoredPolicies,
  StoredPolicy,
  UsableRetryPolicy,
} from '@tenuto/engine';
import type { JobDefaults } from './job-defaults.ts';
import { cappedPolicy } from './retry-cap.ts';

/** What a job says about retries, besides what its nodes say. */
export type RetryWords = Pick<
  SubmitJob,
  'job_type' | 'max_retries' | 'retry_policy' | 'retry_policy_id'
>;

/** The stored policies of a job: complete, and within the limits of the deployment. */
export interface JobPolicies {
  readonly policies: StoredPolicies;
  /** That of the job itself: the default of its nodes. */
  readonly job: StoredPolicy | undefined;
  readonly used: readonly UsedRetryPolicy[];
}

export interface PolicyUse {
  /**
   * Looks up what the job names, and what its type calls for when it says nothing. A policy that a
   * node names and that is not there is left to the compiler, which names the node.
   * @throws RetryPolicyError for one that the job names and that is not there, and for too many
   */
  forJob(access: Access, words: RetryWords, dag: DagInput): Promise<JobPolicies>;
  /** The owner's policies have changed: the next job sees it. */
  changed(owner: string): void;
}

interface UseParts {
  readonly store: Pick<RetryPolicyStore, 'usable' | 'typed'>;
  readonly clock: Pick<Clock, 'mono'>;
  readonly defaults: Pick<JobDefaults, 'maxRetries' | 'maxRetryDelayMs'>;
}

export const DEFAULT_JOB_TYPE = 'dag';

export function createPolicyUse({ store, clock, defaults }: UseParts): PolicyUse {
  const typed = createTypedPolicies(store, clock);
  const stored = ({ policyId, version, policy }: UsableRetryPolicy): StoredPolicy => ({
    ...{ policyId, version, policy: completed(policy, defaults) },
  });
  return {
    async forJob(access, words, dag) {
      const { retry_policy_id: named } = words;
      const ids = idsIn(dag.nodes, new Set());
      if (named !== undefined) ids.add(named.toLowerCase());
      refuseTooMany(ids);
      const found = ids.size === 0 ? [] : await store.usable(access, [...ids]);
      const job = await jobPolicy(words, found, () => typed.of(access.owner));
      const used = job === undefined ? found : [...new Set([...found, job.policy])];
      return {
        policies: new Map(used.map((policy) => [policy.policyId, stored(policy)])),
        job: job && stored(job.policy),
        used: used.map(({ policyId, version }) => ({
          policy_id: policyId,
          version,
          used_by: policyId === job?.policy.policyId ? job.usedBy : 'nodes',
        })),
      };
    },
    changed: typed.forget,
  };
}

async function jobPolicy(
  words: RetryWords,
  found: readonly UsableRetryPolicy[],
  typed: () => Promise<readonly UsableRetryPolicy[]>,
): Promise<{ policy: UsableRetryPolicy; usedBy: 'job' | 'job_type' } | undefined> {
  const { retry_policy_id: named, job_type: type = DEFAULT_JOB_TYPE } = words;
  if (named !== undefined) {
    const policy = found.find(({ policyId }) => policyId === named.toLowerCase());
    if (policy === undefined) throw notThere(named);
    return { policy, usedBy: 'job' };
  }
  if (words.retry_policy !== undefined || words.max_retries !== undefined) return undefined;
  const policy = (await typed()).find(({ jobTypes }) => jobTypes.includes(type));
  return policy && { policy, usedBy: 'job_type' };
}

function notThere(policyId: string): RetryPolicyError {
  const message = `There is no retry policy ${policyId}.`;
  return new RetryPolicyError(message, [{ path: '/retry_policy_id', message, value: policyId }]);
}

function refuseTooMany(ids: ReadonlySet<string>): void {
  if (ids.size <= LIMITS.policiesPerJob) return;
  const message = `The job names more than ${LIMITS.policiesPerJob} retry policies.`;
  throw new RetryPolicyError(message, [{ path: '/dag_definition/nodes', message }]);
}

/** The ids of policies that nodes name, those in groups too. */
function idsIn(nodes: readonly NodeInput[], ids: Set<string>): Set<string> {
  for (const { retry, children } of nodes) {
    if (typeof retry === 'string') ids.add(retry.toLowerCase());
    if (children !== undefined) idsIn(children, ids);
  }
  return ids;
}

/** What a stored policy leaves to the deployment is filled in. */
function completed(policy: InlineRetryPolicy, defaults: UseParts['defaults']): InlineRetryPolicy {
  const capped = cappedPolicy(policy, defaults.maxRetryDelayMs);
  if (capped.max_attempts !== undefined || capped.max_retries !== undefined) return capped;
  return { ...capped, max_retries: defaults.maxRetries };
}

/** A submit must not cost a query only because its owner might have such policies. */
const TYPED_FRESH_MS = 2_000;
const OWNERS_KEPT = 10_000;

/** Policies that name types of jobs, by owner, as they were some moments ago. */
function createTypedPolicies(store: Pick<RetryPolicyStore, 'typed'>, clock: Pick<Clock, 'mono'>) {
  type Known = { readonly at: number; readonly policies: Promise<readonly UsableRetryPolicy[]> };
  const owners = new Map<string, Known>();
  return {
    of(owner: string): Known['policies'] {
      const known = owners.get(owner);
      const at = clock.mono();
      if (known !== undefined && at - known.at < TYPED_FRESH_MS) return known.policies;
      const policies = store.typed(owner);
      policies.catch(() => owners.delete(owner));
      owners.delete(owner);
      owners.set(owner, { at, policies });
      const [oldest] = owners.keys();
      if (owners.size > OWNERS_KEPT && oldest !== undefined) owners.delete(oldest);
      return policies;
    },
    forget(owner: string): void {
      owners.delete(owner);
    },
  };
}
