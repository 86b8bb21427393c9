import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { DecideApproval } from '@tenuto/contract';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { useMay } from './scopes.ts';

const key = ['approvals'] as const;

/**
 * Questions that are open, the newest first, and which of them wait for who is signed in.
 * @param runId only those of this run
 */
export function useOpenApprovals(runId?: string) {
  const may = useMay()('runs:read');
  return useQuery({
    queryKey: [...key, 'open', runId ?? null],
    queryFn: async ({ signal }) => {
      const query = { state: ['open'], limit: 100, ...(runId && { run_id: runId }) };
      const [all, own] = await Promise.all([
        client.approvals.list(query, { signal }).first(),
        client.approvals.list({ ...query, mine: true }, { signal }).first(),
      ]);
      const mine: readonly string[] = own.items.map(({ approval_id: id }) => id);
      return { items: all.items, mine, mineTotal: own.total };
    },
    enabled: may,
    refetchInterval: refreshEvery(LIVE_MS.list),
  });
}

export interface ApprovalVote extends DecideApproval {
  readonly runId: string;
}

/** Casts one's vote, or passes it on. */
export function useVote() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ runId, ...body }: ApprovalVote) => client.approvals.decide(runId, body),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: key }),
        queries.invalidateQueries({ queryKey: ['run'] }),
      ]),
  });
}
