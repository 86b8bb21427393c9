import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { StoredRetryPolicy, WriteRetryPolicy } from '@tenuto/contract';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { PAGE, usePages } from './pages.ts';

const key = ['retry-policies'] as const;

export function useRetryPolicies() {
  return usePages<StoredRetryPolicy>({
    key: [...key, 'list'],
    read: (cursor, signal) => client.retryPolicies.list({ limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

export function useRetryPolicy(policyId: string | undefined) {
  return useQuery({
    queryKey: [...key, 'one', policyId],
    queryFn: ({ signal }) =>
      policyId === undefined ? null : client.retryPolicies.get(policyId, { signal }),
    enabled: policyId !== undefined,
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

export function usePolicyVersions(policyId: string) {
  return useQuery({
    queryKey: [...key, 'versions', policyId],
    queryFn: ({ signal }) =>
      client.retryPolicies.versions(policyId, { limit: 20 }, { signal }).first(),
  });
}

export interface SavedPolicy {
  readonly body: WriteRetryPolicy;
  /** The one that is replaced, and the version that was seen of it. */
  readonly of?: { readonly policyId: string; readonly version: number };
}

/** Creates a policy or replaces one; refused when somebody else was quicker. */
export function useSavePolicy() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ body, of }: SavedPolicy) =>
      of === undefined
        ? client.retryPolicies.create(body)
        : client.retryPolicies.replace(of.policyId, body, { version: of.version }),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
}

export function useRemovePolicy() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ policy_id, version }: StoredRetryPolicy) =>
      client.retryPolicies.remove(policy_id, { version }),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
}
