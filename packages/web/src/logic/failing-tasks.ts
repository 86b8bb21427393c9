import type { RunView } from '@tenuto/contract';

/** A task whose runs failed of late. */
export interface FailingTask {
  readonly taskId: string;
  /** As its runs are called. */
  readonly name: string;
  readonly failures: number;
  readonly last: string;
}

/** Runs that failed, the newest first, by the tasks that made them; the most failures first. */
export function failingTasks(failed: readonly RunView[]): readonly FailingTask[] {
  const tasks = new Map<string, FailingTask>();
  for (const { task_id: taskId, name, created_at: created, completed_at: ended } of failed) {
    if (taskId === null) continue;
    const known = tasks.get(taskId) ?? { taskId, name, failures: 0, last: ended ?? created };
    tasks.set(taskId, { ...known, failures: known.failures + 1 });
  }
  return [...tasks.values()].toSorted((a, b) => b.failures - a.failures);
}
