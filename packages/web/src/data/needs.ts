import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';

export const needsKey = ['needs'] as const;
/** As many of each kind as one answer has. */
const MOST = 100;

/** What waits for a person; every page asks for it, and for nothing more than this. */
export function useNeeds() {
  return useQuery({
    queryKey: needsKey,
    queryFn: ({ signal }) => client.needs({ limit: MOST }, { signal }),
    refetchInterval: refreshEvery(LIVE_MS.list),
  });
}

/** Runs that wait for a person. */
export function useRunsThatCall(): ReadonlySet<string> {
  const { data } = useNeeds();
  return useMemo(
    () =>
      new Set([
        ...(data?.interventions?.items ?? []).map(({ job_id: id }) => id),
        ...(data?.approvals?.items ?? []).map(({ run_id: id }) => id),
        ...(data?.phases?.items ?? []).map(({ run_id: id }) => id),
      ]),
    [data],
  );
}
