import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Job, Json } from '@tenuto/contract';
import { tell, tellFailure } from '../ui/toasts.ts';
import { RUN_WORDS } from '../words-run.ts';
import { client } from './client.ts';

/** What people do to a run, or to one of its nodes. */
export type RunAsk =
  | {
      readonly do: 'pause' | 'resume' | 'cancel' | 'retry' | 'retryStart';
      readonly reason?: string | undefined;
    }
  | {
      readonly do: 'retryNode' | 'skip' | 'cancelRetry';
      readonly nodeId: string;
      readonly reason?: string | undefined;
    }
  | {
      readonly do: 'signal';
      readonly name: string;
      readonly payload: Json;
      readonly reason?: undefined;
    };

/** Does it, says what came of it, and reads the run again. */
export function useRunAction(runId: string) {
  const queries = useQueryClient();
  const words = RUN_WORDS.page.done;
  return useMutation({
    mutationFn: (ask: RunAsk) => perform(runId, ask),
    onSuccess: (_job, ask) => tell(words[doneWord(ask.do)]),
    onError: (error) => tellFailure(RUN_WORDS.page.notDone, error),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['run', runId] }),
        queries.invalidateQueries({ queryKey: ['runs'] }),
      ]),
  });
}

function doneWord(what: RunAsk['do']): keyof typeof RUN_WORDS.page.done {
  return what === 'retryStart' || what === 'retryNode' ? 'retry' : what;
}

function perform(runId: string, ask: RunAsk): Promise<Job> {
  const { jobs } = client;
  const { reason } = ask;
  const why = reason === undefined ? {} : { reason };
  switch (ask.do) {
    case 'pause':
      return jobs.pause(runId, reason);
    case 'resume':
      return jobs.resume(runId, reason);
    case 'cancel':
      return jobs.cancel(runId, why);
    case 'retry':
      return jobs.retry(runId, { from: 'failed', ...why });
    case 'retryStart':
      return jobs.retry(runId, { from: 'start', ...why });
    case 'retryNode':
      return jobs.retry(runId, { from: 'node', node_id: ask.nodeId, ...why });
    case 'cancelRetry':
      return jobs.cancelRetry(runId, ask.nodeId, reason);
    case 'signal':
      return jobs.signal(runId, { name: ask.name, payload: ask.payload });
    case 'skip':
      return jobs.recover(runId, {
        ...{ action: 'skip_node', node_id: ask.nodeId },
        reason: reason ?? RUN_WORDS.page.byHand,
      });
  }
}
