import { useMutation, useQueryClient } from '@tanstack/react-query';
import { tell, tellFailure } from '../ui/toasts.ts';
import { PHASED_WORDS } from '../words-phased.ts';
import { client } from './client.ts';
import { needsKey } from './needs.ts';
import { runsKey } from './runs.ts';

/** What people do to a run of a profile as a whole. */
export type PhasedAsk =
  | { readonly do: 'next'; readonly skipValidation?: boolean }
  | { readonly do: 'rollback'; readonly phase: string; readonly reason?: string | undefined }
  | {
      readonly do: 'raise';
      readonly usd: number;
      readonly phase?: string | undefined;
      readonly reason?: string | undefined;
    };

/** Does it, says what came of it, and reads the run again. */
export function usePhasedAction(runId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ask: PhasedAsk) => perform(runId, ask),
    onSuccess: (_answer, ask) => tell(PHASED_WORDS.done[ask.do]),
    onError: (error) => tellFailure(PHASED_WORDS.notDone, error),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['run', runId] }),
        queries.invalidateQueries({ queryKey: runsKey }),
        queries.invalidateQueries({ queryKey: needsKey }),
      ]),
  });
}

function perform(runId: string, ask: PhasedAsk): Promise<unknown> {
  const { runs } = client;
  switch (ask.do) {
    case 'next':
      return runs.next(runId, { async: true, skipValidation: ask.skipValidation === true });
    case 'rollback':
      return runs.rollback(runId, { phase: ask.phase, ...reasonOf(ask.reason) });
    case 'raise': {
      const phase = ask.phase === undefined ? {} : { phase: ask.phase };
      return runs.raiseBudget(runId, { usd: ask.usd, ...phase, ...reasonOf(ask.reason) });
    }
  }
}

function reasonOf(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

/** What makes another run out of one. */
export type CopyAsk =
  | { readonly do: 'clone'; readonly phase?: string | undefined }
  | { readonly do: 'fork'; readonly node?: string | undefined };

/** @returns the id of the run that is made */
export function useCopy(runId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (ask: CopyAsk): Promise<string> => {
      if (ask.do === 'clone') {
        const body = ask.phase === undefined ? {} : { from_phase: ask.phase };
        return (await client.runs.clone(runId, body)).run_id;
      }
      const body = ask.node === undefined ? {} : { from_node: ask.node };
      return (await client.runs.fork(runId, body)).run_id;
    },
    onSuccess: (_id, ask) => tell(PHASED_WORDS.done[ask.do]),
    onError: (error) => tellFailure(PHASED_WORDS.notDone, error),
    onSettled: () => queries.invalidateQueries({ queryKey: runsKey }),
  });
}
