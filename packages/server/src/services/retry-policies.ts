import {
  type List,
  OrchestrationError,
  type StoredRetryPolicy,
  type WriteRetryPolicy,
} from '@tenuto/contract';
import type { Access, JobStore, RetryPolicyRecord, RetryPolicyStore } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { makeOnce, readIdempotency } from './idempotency.ts';
import { auditOf } from './job-state.ts';
import { listOf, type Paging, pageRequest, positionKey, runKey } from './paging.ts';
import type { PolicyUse } from './retry-policy-use.ts';
import { retryPolicyContent, retryPolicyView } from './retry-policy-view.ts';

/** What the services of retry policies work with. */
export interface RetryPolicyParts {
  readonly retryPolicies: RetryPolicyStore;
  readonly jobs: Pick<JobStore, 'submission'>;
  readonly rules: { readonly policies: Pick<PolicyUse, 'changed'> };
}

const WHAT = 'retry policies';

/**
 * Makes a policy. The same key with the same body answers with what the first request made.
 * @throws OrchestrationError 409 for a name that is taken, 422 for a policy that cannot be followed
 *   and for a key used with another body
 */
export async function createRetryPolicy(
  parts: RetryPolicyParts,
  caller: Caller,
  { body, key }: { readonly body: WriteRetryPolicy; readonly key: string | undefined },
): Promise<StoredRetryPolicy> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  const { owner } = access;
  const idempotency = readIdempotency(key, ['retry_policy', body]);
  const { retryPolicies } = parts;
  const policyId = await makeOnce(
    parts,
    { owner, idempotency, what: 'retry policy' },
    {
      find: async (id) => (await retryPolicies.find(access, id))?.policyId,
      async make(keyed) {
        const content = retryPolicyContent(body);
        const { name } = content;
        const audit = auditOf(caller, 'retry_policy.created', '', { name, version: 1 });
        const result = await retryPolicies.create({ owner, content, ...keyed, audit });
        if (result === 'taken') throw nameTaken(name);
        if (result === 'duplicate') return result;
        parts.rules.policies.changed(owner);
        return result.policyId;
      },
    },
  );
  return retryPolicyView(await findPolicy(parts, access, policyId));
}

/** @throws OrchestrationError 404 */
export async function getRetryPolicy(
  parts: RetryPolicyParts,
  caller: Caller,
  policyId: string,
): Promise<StoredRetryPolicy> {
  const access = authorize(caller.principal, 'jobs:read', WHAT);
  return retryPolicyView(await findPolicy(parts, access, policyId));
}

export interface RetryPolicyQuery extends Paging {
  readonly name?: string;
  readonly job_type?: string;
}

/** Newest first. */
export async function listRetryPolicies(
  { retryPolicies }: RetryPolicyParts,
  caller: Caller,
  { name, job_type: jobType, ...paging }: RetryPolicyQuery,
): Promise<List<StoredRetryPolicy>> {
  const access = authorize(caller.principal, 'jobs:read', WHAT);
  const request = pageRequest(paging, runKey);
  const filter = { ...(name !== undefined && { name }), ...(jobType !== undefined && { jobType }) };
  const page = await retryPolicies.list(access, filter, request);
  return listOf(page, request, {
    codec: runKey,
    key: (record: RetryPolicyRecord) => record.policyId,
    item: retryPolicyView,
  });
}

/**
 * The versions of a policy, newest first, each with what came of it; also of one that was deleted.
 * @throws OrchestrationError 404
 */
export async function listRetryPolicyVersions(
  { retryPolicies }: RetryPolicyParts,
  caller: Caller,
  { policyId, ...paging }: Paging & { readonly policyId: string },
): Promise<List<StoredRetryPolicy>> {
  const access = authorize(caller.principal, 'jobs:read', WHAT);
  const request = pageRequest(paging, positionKey);
  const page = await retryPolicies.versions(access, policyId.toLowerCase(), request);
  if (page === undefined) throw notFound(policyId);
  return listOf(page, request, {
    codec: positionKey,
    key: (record: RetryPolicyRecord) => record.version,
    item: retryPolicyView,
  });
}

/**
 * Finds a policy, or answers as if it were not there.
 * @throws OrchestrationError 404
 */
export async function findPolicy(
  { retryPolicies }: Pick<RetryPolicyParts, 'retryPolicies'>,
  access: Access,
  policyId: string,
): Promise<RetryPolicyRecord> {
  const found = await retryPolicies.find(access, policyId.toLowerCase());
  if (found === undefined) throw notFound(policyId);
  return found;
}

export function notFound(policyId: string): OrchestrationError {
  return new OrchestrationError('not_found', `There is no retry policy ${policyId}.`);
}

export function nameTaken(name: string): OrchestrationError {
  return new OrchestrationError('conflict', `You have a retry policy "${name}" already.`);
}
