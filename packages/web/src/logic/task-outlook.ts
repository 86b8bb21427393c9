import type { RunStatus, Task, TaskBulkAction } from '@tenuto/contract';
import { isOver } from './status.ts';

const BAD: readonly RunStatus[] = ['failed', 'timeout', 'aborted'];

interface RunsOf {
  readonly last_runs?: readonly { readonly status: RunStatus }[] | undefined;
}

/** How many of its last runs in a row have failed; what still goes on is no failure yet. */
export function failuresOf({ last_runs: runs = [] }: RunsOf): number {
  const over = runs.filter(({ status }) => isOver(status));
  const good = over.findIndex(({ status }) => !BAD.includes(status));
  return good < 0 ? over.length : good;
}

/** What can be done to several tasks at once, and to which of them. */
export function touchedBy(verb: TaskBulkAction, tasks: readonly Task[]): readonly Task[] {
  const wanted = verb === 'pause' ? 'active' : 'paused';
  return tasks.filter(({ status }) => status === wanted);
}
