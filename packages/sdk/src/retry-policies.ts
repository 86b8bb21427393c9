import type {
  EditRetryPolicy,
  JsonObject,
  StoredRetryPolicy,
  WriteRetryPolicy,
} from '@tenuto/contract';
import { type ChangeOptions, createChanger, type SubmitOptions, submit } from './asking.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { type CallOptions, createReader, segment } from './reading.ts';
import { retryPolicyShape } from './retry-policy-shape.ts';
import type { TransportOptions } from './transport.ts';

/** A policy as it is sent: typed, or read from a file and left to the server to check. */
export type RetryPolicyBody = WriteRetryPolicy | JsonObject;

export interface RetryPolicyQuery extends PageQuery {
  readonly name?: string;
  /** A type of jobs that the policy names. */
  readonly job_type?: string;
}

/** Stored retry policies. Every function throws as `createClient` says. */
export interface RetryPolicies {
  create(body: RetryPolicyBody, options?: SubmitOptions): Promise<StoredRetryPolicy>;
  get(policyId: string, options?: CallOptions): Promise<StoredRetryPolicy>;
  list(query?: RetryPolicyQuery, options?: CallOptions): Listing<StoredRetryPolicy>;
  /** Newest first, each with what came of it; of a policy that was deleted too. */
  versions(policyId: string, query?: PageQuery, options?: CallOptions): Listing<StoredRetryPolicy>;
  replace(
    policyId: string,
    body: RetryPolicyBody,
    options?: ChangeOptions,
  ): Promise<StoredRetryPolicy>;
  update(
    policyId: string,
    changes: EditRetryPolicy,
    options?: ChangeOptions,
  ): Promise<StoredRetryPolicy>;
  /** Answers the policy as it was. */
  remove(policyId: string, options?: ChangeOptions): Promise<StoredRetryPolicy>;
}

const ROOT = '/orchestration/retry-policies';
const pathOf = (policyId: string) => `${ROOT}/${segment(policyId)}`;

export function createRetryPolicies(transport: TransportOptions): RetryPolicies {
  const shape = retryPolicyShape;
  const { read, list } = createReader(transport);
  const change = createChanger(transport, { pathOf, shape });
  return {
    create: (body, options) => submit(transport, { path: ROOT, body, shape }, options),
    get: (policyId, options) => read(pathOf(policyId), shape, {}, options),
    list: (query, options) => list(ROOT, shape, { ...query }, options),
    versions: (policyId, query, options) =>
      list(`${pathOf(policyId)}/versions`, shape, { ...query }, options),
    replace: (policyId, body, options) => change('PUT', policyId, options, body),
    update: (policyId, changes, options) => change('PATCH', policyId, options, changes),
    remove: (policyId, options) => change('DELETE', policyId, options),
  };
}
