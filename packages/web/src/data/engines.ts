import { useQuery } from '@tanstack/react-query';
import type { EngineState } from '@tenuto/contract';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { usePages } from './pages.ts';

const key = ['engines'] as const;
/** Two heartbeats of an engine that has the usual lease. */
const HEARTBEAT_MS = 5_000;

/** The engines of the database, the last one that started first. */
export function useEngines(state: EngineState | undefined) {
  const which = state === undefined ? {} : { state };
  return usePages({
    key: [...key, 'list', state ?? 'all'],
    read: (cursor, signal) => client.engines.list({ limit: 50, ...which }, { signal }).page(cursor),
    everyMs: HEARTBEAT_MS,
  });
}

/** Those that started last: enough to see whether something is wrong. */
export function useLatestEngines(enabled: boolean) {
  return useQuery({
    queryKey: [...key, 'latest'],
    queryFn: ({ signal }) => client.engines.list({ limit: 50 }, { signal }).first(),
    refetchInterval: refreshEvery(LIVE_MS.calm),
    enabled,
  });
}
