import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ForkRequest, RunDetail, RunView } from '@tenuto/contract';
import { tell } from '../ui/toasts.ts';
import { PHASED_WORDS } from '../words-phased.ts';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { runsKey } from './runs.ts';

const PAGE = 50;

/** Two to four runs side by side. */
export function useComparison(ids: readonly string[], all: boolean, pages: number) {
  return useQuery({
    queryKey: ['compare', ids, all, pages],
    queryFn: ({ signal }) => client.runs.compare(ids, { all, limit: PAGE * pages }, { signal }),
    enabled: ids.length >= 2,
    refetchInterval: refreshEvery(LIVE_MS.calm),
    placeholderData: keepPreviousData,
  });
}

/** What a run may be compared with, and why. */
export interface Candidate {
  readonly run: RunView;
  readonly why: 'original' | 'sameTask' | 'sameName';
}

/** Runs that are like this one: what it is a fork of, others of its task, others of its name. */
export function useCandidates(runId: string | undefined) {
  return useQuery({
    queryKey: ['compare', 'candidates', runId],
    queryFn: async ({ signal }) => {
      const run = await client.runs.get(runId ?? '', { signal });
      return candidatesOf(run, signal);
    },
    enabled: runId !== undefined,
  });
}

const MOST = 10;

async function candidatesOf(run: RunDetail, signal: AbortSignal): Promise<readonly Candidate[]> {
  const { run_id: id, task_id: task, forked_from: from, name } = run;
  const [original, ofTask, ofName] = await Promise.all([
    from === null ? undefined : client.runs.get(from.run_id, { signal }).catch(() => undefined),
    task === null
      ? undefined
      : client.runs.list({ task_id: task, limit: MOST }, { signal }).first(),
    client.runs.list({ name, limit: MOST }, { signal }).first(),
  ]);
  const found: Candidate[] = [
    ...(original === undefined ? [] : [{ run: original, why: 'original' as const }]),
    ...(ofTask?.items ?? []).map((one) => ({ run: one, why: 'sameTask' as const })),
    ...ofName.items.map((one) => ({ run: one, why: 'sameName' as const })),
  ];
  const seen = new Set([id]);
  return found.filter(({ run: { run_id: one } }) => !seen.has(one) && seen.add(one));
}

/** Makes a fork with changes. @returns its id */
export function useFork(runId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: ForkRequest) => (await client.runs.fork(runId, body)).run_id,
    onSuccess: () => tell(PHASED_WORDS.done.fork),
    onSettled: () => queries.invalidateQueries({ queryKey: runsKey }),
  });
}
