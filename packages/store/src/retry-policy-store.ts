import type { RetryPolicyStore } from '@tenuto/engine';
import type { Database } from './queries/database.ts';
import {
  findPolicy,
  listPolicies,
  listVersions,
  typedPolicies,
  usablePolicies,
} from './queries/retry-policies.ts';
import { changePolicy, createPolicy, removePolicy } from './queries/retry-policy-change.ts';

/** Stored retry policies, as the API sees them. */
export function createRetryPolicyStore(db: Database): RetryPolicyStore {
  return {
    create: (policy) => createPolicy(db, policy),
    find: (access, policyId) => findPolicy(db, access, policyId),
    list: (access, filter, page) => listPolicies(db, access, filter, page),
    versions: (access, policyId, page) => listVersions(db, access, policyId, page),
    change: (access, change) => changePolicy(db, access, change),
    remove: (access, removal) => removePolicy(db, access, removal),
    usable: (access, policyIds) => usablePolicies(db, access, policyIds),
    typed: (owner) => typedPolicies(db, owner),
  };
}
