import { useQuery } from '@tanstack/react-query';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';

/** How the parts of the server do. */
export function useHealth() {
  return useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => client.health({ signal }),
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}
