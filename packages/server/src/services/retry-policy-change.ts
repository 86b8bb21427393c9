import {
  type EditRetryPolicy,
  OrchestrationError,
  type StoredRetryPolicy,
  type WriteRetryPolicy,
} from '@tenuto/contract';
import { canonicalJson, type RetryPolicyContent, type RetryPolicyRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { auditOf, refuseStale, stale, wantedVersion } from './job-state.ts';
import { findPolicy, nameTaken, notFound, type RetryPolicyParts } from './retry-policies.ts';
import { retryPolicyContent, retryPolicyView } from './retry-policy-view.ts';

const WHAT = 'retry policies';
/** Who names no version competes with others for the next one; not for ever. */
const TRIES = 5;

interface Change {
  readonly policyId: string;
  readonly ifMatch: string | undefined;
}

/**
 * Lets a policy say something else from now on: a new version.
 * @throws OrchestrationError 404, 409 for a name that is taken, 412 when `ifMatch` is not its
 *   version, 422 for a policy that cannot be followed
 */
export function replaceRetryPolicy(
  parts: RetryPolicyParts,
  caller: Caller,
  { body, ...change }: Change & { readonly body: WriteRetryPolicy },
): Promise<StoredRetryPolicy> {
  const content = () => retryPolicyContent(body);
  return changeTo(parts, caller, { ...change, content });
}

/** The same for what the request names; the rest stays. */
export function editRetryPolicy(
  parts: RetryPolicyParts,
  caller: Caller,
  { changes, ...change }: Change & { readonly changes: EditRetryPolicy },
): Promise<StoredRetryPolicy> {
  const content = ({ name, description, policy, jobTypes }: RetryPolicyRecord) =>
    retryPolicyContent({
      ...{ name, description, policy, applicable_job_types: [...jobTypes] },
      ...changes,
    });
  return changeTo(parts, caller, { ...change, content });
}

async function changeTo(
  parts: RetryPolicyParts,
  caller: Caller,
  wanted: Change & { readonly content: (present: RetryPolicyRecord) => RetryPolicyContent },
): Promise<StoredRetryPolicy> {
  const { policyId, ifMatch } = wanted;
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  for (let tries = 1; ; tries += 1) {
    const present = await findPolicy(parts, access, policyId);
    refuseStale(present, ifMatch);
    const content = wanted.content(present);
    if (saysTheSame(present, content)) return retryPolicyView(present);
    const { version } = present;
    const details = { name: content.name, version: version + 1 };
    const { policyId: subject } = present;
    const audit = auditOf(caller, 'retry_policy.updated', subject, details);
    const change = { policyId: subject, version, content, audit };
    const result = await parts.retryPolicies.change(access, change);
    parts.rules.policies.changed(present.owner);
    if (result === 'changed') return retryPolicyView(await findPolicy(parts, access, policyId));
    if (result === 'taken') throw nameTaken(content.name);
    if (result === 'missing') throw notFound(policyId);
    if (wantedVersion(present, ifMatch).version !== undefined) {
      throw stale(await findPolicy(parts, access, policyId));
    }
    if (tries === TRIES) {
      throw new OrchestrationError('conflict', 'Others keep changing the policy; try again.');
    }
  }
}

/** A request that changes nothing makes no version. */
function saysTheSame(present: RetryPolicyRecord, content: RetryPolicyContent): boolean {
  const { name, description, policy, jobTypes } = present;
  return canonicalJson({ name, description, policy, jobTypes }) === canonicalJson(content);
}

/**
 * Deletes a policy: nothing can use it any more, what has used it goes on as it is.
 * @returns the policy as it was
 * @throws OrchestrationError 404, 412 when `ifMatch` is not its version
 */
export async function deleteRetryPolicy(
  parts: RetryPolicyParts,
  caller: Caller,
  { policyId, ifMatch }: Change,
): Promise<StoredRetryPolicy> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  const present = await findPolicy(parts, access, policyId);
  refuseStale(present, ifMatch);
  const { name, version, policyId: subject } = present;
  const result = await parts.retryPolicies.remove(access, {
    policyId: subject,
    ...wantedVersion(present, ifMatch),
    audit: auditOf(caller, 'retry_policy.deleted', subject, { name, version }),
  });
  parts.rules.policies.changed(present.owner);
  if (result === 'missing') throw notFound(policyId);
  if (result === 'stale') throw stale(await findPolicy(parts, access, policyId));
  return retryPolicyView(present);
}
