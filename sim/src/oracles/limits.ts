import { type Effect, type History, runRow, violated } from './history.ts';

/** Limits hold at every instant: attempts of one run in its owner, attempts in one process. */
export function checkLimits(history: History, effect: Effect, slots: number): void {
  const { tables, underway } = history;
  const here = [...underway].filter((other) => other.host === effect.host);
  const ofRun = here.filter((other) => other.runId === effect.runId).length;
  const most = runRow(tables, effect.runId)?.submission.input.maxConcurrentNodes ?? 0;
  if (ofRun > most) violated(history, 'a run keeps its limit', `${ofRun} of ${most} at once`);
  // A node that runs alone does not wait for the others for ever.
  if (here.length > slots + 1) {
    violated(history, 'slots are limited', `${here.length} of ${slots} on ${effect.host}`);
  }
}
