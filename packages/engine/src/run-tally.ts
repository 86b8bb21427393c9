import { formatTime } from '@tenuto/contract';
import type { EndTally } from './ports/store.ts';
import type { RunState } from './run/index.ts';
import { bucketOf } from './task/index.ts';

const DAY_CHARS = 10;

/** What a run adds to the counts of the day on which it ends. Times are epoch milliseconds. */
export function tallyOf(
  { facts, input }: Pick<RunState, 'facts' | 'input'>,
  { startedAt, completedAt }: { readonly startedAt: number; readonly completedAt: number },
): EndTally {
  const taskId = input.task?.id;
  const durationMs = Math.max(0, Math.floor(completedAt - startedAt));
  return {
    owner: facts.owner,
    kind: input.task === undefined ? 'job' : 'task',
    taskId: typeof taskId === 'string' ? taskId : undefined,
    day: formatTime(completedAt).slice(0, DAY_CHARS),
    ...{ bucket: bucketOf(durationMs), durationMs },
  };
}
