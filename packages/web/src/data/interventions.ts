import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Resolution } from '@tenuto/contract';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { needsKey } from './needs.ts';

const key = ['interventions'] as const;
/** What was decided lately. */
export function useDecidedInterventions() {
  return useQuery({
    queryKey: [...key, 'decided'],
    queryFn: ({ signal }) =>
      client.interventions
        .list({ state: ['resolved', 'expired', 'cancelled'], limit: 20 }, { signal })
        .first(),
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

export interface Decision {
  readonly id: string;
  readonly version: number;
  readonly resolution: Resolution;
  readonly result?: unknown;
  readonly reason?: string | undefined;
}

/** Decides; refused when somebody else has been quicker. */
export function useDecide() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version, resolution, result, reason }: Decision) =>
      client.interventions.resolve(
        id,
        {
          resolution,
          ...(result !== undefined && { result }),
          ...(reason !== undefined && { reason }),
        },
        { version },
      ),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: needsKey }),
        queries.invalidateQueries({ queryKey: key }),
        queries.invalidateQueries({ queryKey: ['run'] }),
      ]),
  });
}

export interface Assignment {
  readonly id: string;
  readonly version: number;
  /** Null gives it back to whoever takes it. */
  readonly assignee: string | null;
}

/** Names who is to decide; refused when somebody else has been quicker. */
export function useAssign() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version, assignee }: Assignment) =>
      client.interventions.assign(id, assignee, { version }),
    onSettled: () => queries.invalidateQueries({ queryKey: needsKey }),
  });
}
