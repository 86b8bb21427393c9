import { useQuery } from '@tanstack/react-query';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';

/** What the server says of how everything is: so many days, and so many hours of them by hour. */
export const SUMMARY = { days: 30, hours: 48 } as const;

/** How everything is, in one request. */
export function useHome() {
  return useQuery({
    queryKey: ['home'],
    queryFn: ({ signal }) => client.home({ signal }),
    refetchInterval: refreshEvery(LIVE_MS.list),
  });
}
