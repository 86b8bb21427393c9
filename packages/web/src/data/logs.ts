import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { LogLine } from '@tenuto/contract';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';

export interface Log {
  readonly lines: readonly LogLine[];
  readonly total: number;
}

const PAGE = 100;
/** What a page holds in memory; beyond it the API is the better reader. */
const MOST_LINES = 20_000;
const PAGES_A_LOOK = 20;

/** The lines of a node, all that there are so far; later looks read only what is new. */
export function useLog(runId: string, nodeId: string | undefined, goesOn: boolean) {
  const queries = useQueryClient();
  const queryKey = ['run', runId, 'log', nodeId ?? null];
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<Log> => {
      const known = queries.getQueryData<Log>(queryKey);
      const lines = [...(known?.lines ?? [])];
      let total = lines.length;
      for (let pages = 0; pages < PAGES_A_LOOK && lines.length < MOST_LINES; pages += 1) {
        const query = { limit: PAGE, offset: lines.length };
        const page = await client.jobs.logs(runId, nodeId ?? '', query, { signal }).first();
        lines.push(...page.items);
        total = page.total;
        if (!page.has_more) break;
      }
      return known !== undefined && lines.length === known.lines.length ? known : { lines, total };
    },
    enabled: nodeId !== undefined,
    // What was read meanwhile is read once more when it has ended.
    refetchInterval: ({ state }) => {
      const isWhole = state.data !== undefined && state.data.lines.length >= state.data.total;
      return refreshEvery(LIVE_MS.run, goesOn || !isWhole)();
    },
  });
}
