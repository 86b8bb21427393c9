import {
  type EditRetryPolicy,
  OrchestrationError,
  type StoredRetryPolicy,
  type WriteRetryPolicy,
} from '@tenuto/contract';
import {
  type AuditEntry,
  canonicalJson,
  type RetryPolicyContent,
  type RetryPolicyRecord,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { namesVersion, refuseStale, staleError } from './entity-tag.ts';
import { findPolicy, nameTaken, notFound, type RetryPolicyParts } from './retry-policies.ts';
import { retryPolicyContent, retryPolicyView } from './retry-policy-view.ts';

const WHAT = 'retry policies';
const ONE = 'retry policy';
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
    refuseStale(present, ifMatch, ONE);
    const content = wanted.content(present);
    if (saysTheSame(present, content)) return retryPolicyView(present);
    const { version } = present;
    const details = { name: content.name, version: version + 1 };
    const audit = auditOf(caller, 'updated', present, details);
    const change = { policyId: present.policyId, version, content, audit };
    const result = await parts.retryPolicies.change(access, change);
    if (result === 'changed') return retryPolicyView(await findPolicy(parts, access, policyId));
    if (result === 'taken') throw nameTaken(content.name);
    if (result === 'missing') throw notFound(policyId);
    if (namesVersion(ifMatch)) throw staleError(await findPolicy(parts, access, policyId), ONE);
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
  refuseStale(present, ifMatch, ONE);
  const { name, version } = present;
  const result = await parts.retryPolicies.remove(access, {
    policyId: present.policyId,
    ...(namesVersion(ifMatch) && { version }),
    audit: auditOf(caller, 'deleted', present, { name, version }),
  });
  if (result === 'missing') throw notFound(policyId);
  if (result === 'stale') throw staleError(await findPolicy(parts, access, policyId), ONE);
  return retryPolicyView(present);
}

function auditOf(
  { principal, requestId }: Caller,
  verb: 'updated' | 'deleted',
  { policyId }: RetryPolicyRecord,
  details: AuditEntry['details'],
): AuditEntry {
  const action = `retry_policy.${verb}`;
  return { actor: principal.actor, action, subject: policyId, details, requestId };
}
