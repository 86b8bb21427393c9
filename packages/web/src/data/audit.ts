import { useQuery } from '@tanstack/react-query';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';

/** Who has changed what, the newest first. */
export function useAudit() {
  return useQuery({
    queryKey: ['audit'],
    queryFn: ({ signal }) => client.audit.list({ limit: 50 }, { signal }).first(),
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}
