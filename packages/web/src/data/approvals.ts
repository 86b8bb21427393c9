import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { DecideApproval } from '@tenuto/contract';
import { client } from './client.ts';
import { needsKey } from './needs.ts';

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
        queries.invalidateQueries({ queryKey: needsKey }),
        queries.invalidateQueries({ queryKey: ['run'] }),
      ]),
  });
}
