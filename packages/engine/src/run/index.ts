export { apply, nextStart, resumeAttempt, runningAttempts, wantsStop } from './apply.ts';
export { parametersOf } from './bindings.ts';
export type { AttemptEnded, Effect, RunEvent, StopEvent } from './event.ts';
export type { JournalEntry, RunJournal, StartedAttempt } from './journal-entry.ts';
export { type RestoredRun, restoreRun } from './restore.ts';
export {
  attemptOf,
  countOf,
  createRun,
  idOf,
  isTerminal,
  lossesOf,
  type NodeError,
  type RunFacts,
  type RunState,
  specOf,
  statusOf,
} from './state.ts';
export { countsOf, currentNodes, liveView, retriesOf, viewRun } from './view.ts';
