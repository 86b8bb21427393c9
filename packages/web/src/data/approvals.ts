import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { DecideApproval } from '@tenuto/contract';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { useMay } from './scopes.ts';

const key = ['approvals'] as const;

/** The newest questions that are open, those that wait for who is signed in, and how many there are. */
export function useOpenApprovals() {
  const may = useMay()('runs:read');
  return useQuery({
    queryKey: [...key, 'open'],
    queryFn: async ({ signal }) => {
      const query = { state: ['open'], limit: 100 };
      const [all, own] = await Promise.all([
        client.approvals.list(query, { signal }).first(),
        client.approvals.list({ ...query, mine: true }, { signal }).first(),
      ]);
      const mine: readonly string[] = own.items.map(({ approval_id: id }) => id);
      return { items: all.items, total: all.total, own: own.items, mine, mineTotal: own.total };
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
