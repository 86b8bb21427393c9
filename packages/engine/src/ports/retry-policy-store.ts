import type { InlineRetryPolicy } from '@tenuto/contract';
import type { AuditEntry, Idempotency } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';

/** What a version of a policy says. */
export interface RetryPolicyContent {
  readonly name: string;
  readonly description: string | null;
  readonly policy: InlineRetryPolicy;
  /** Types of jobs that use it when they say nothing else. */
  readonly jobTypes: readonly string[];
}

/** What came of the nodes that ran under a policy. */
export interface RetryMeasure {
  /** Runs that are over. */
  readonly runs: number;
  readonly nodes: number;
  readonly completed: number;
  readonly attempts: number;
  /** Nodes of more than one attempt, and those of them that completed. */
  readonly retried: number;
  readonly recovered: number;
}

/** A policy in one of its versions. Times in milliseconds since the epoch. */
export interface RetryPolicyRecord extends RetryPolicyContent {
  readonly policyId: string;
  readonly owner: string;
  readonly version: number;
  readonly createdAt: number;
  /** When this version was made, and by whom. */
  readonly updatedAt: number;
  readonly updatedBy: string;
  readonly measure: RetryMeasure;
}

/** A policy as a run uses it: its version in force. */
export interface UsableRetryPolicy {
  readonly policyId: string;
  readonly version: number;
  readonly policy: InlineRetryPolicy;
  readonly jobTypes: readonly string[];
}

export interface RetryPolicyFilter {
  readonly name?: string;
  readonly jobType?: string;
}

export interface NewRetryPolicy {
  readonly owner: string;
  readonly content: RetryPolicyContent;
  readonly idempotency?: Idempotency;
  /** Its subject is the policy's id, which is made with the row. */
  readonly audit: AuditEntry;
}
/** `taken`: the owner has a policy of that name. `duplicate`: the key was used before. */
export type CreateResult = { readonly policyId: string } | 'taken' | 'duplicate';

export interface RetryPolicyChange {
  readonly policyId: string;
  /** The version that is to be followed by a new one. */
  readonly version: number;
  readonly content: RetryPolicyContent;
  readonly audit: AuditEntry;
}
export type ChangeResult = 'changed' | 'taken' | 'stale' | 'missing';

export interface RetryPolicyRemoval {
  readonly policyId: string;
  /** The version that the caller has read; any when absent. */
  readonly version?: number;
  readonly audit: AuditEntry;
}

/** What the API asks of the store about retry policies; throws as {@link JobStore} does. */
export interface RetryPolicyStore {
  create(policy: NewRetryPolicy): Promise<CreateResult>;
  /** One that has not been deleted. */
  find(access: Access, policyId: string): Promise<RetryPolicyRecord | undefined>;
  /** Newest first, without those that were deleted. */
  list(
    access: Access,
    filter: RetryPolicyFilter,
    page: PageRequest<string>,
  ): Promise<Page<RetryPolicyRecord>>;
  /** Newest first; of one that was deleted too. Undefined when there has never been one. */
  versions(
    access: Access,
    policyId: string,
    page: PageRequest<number>,
  ): Promise<Page<RetryPolicyRecord> | undefined>;
  change(access: Access, change: RetryPolicyChange): Promise<ChangeResult>;
  remove(access: Access, removal: RetryPolicyRemoval): Promise<'removed' | 'stale' | 'missing'>;
  /** Those of the ids that are there for this access. */
  usable(access: Access, policyIds: readonly string[]): Promise<readonly UsableRetryPolicy[]>;
  /** The owner's policies that name types of jobs, newest first. */
  typed(owner: string): Promise<readonly UsableRetryPolicy[]>;
}
