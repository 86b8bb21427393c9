export {
  answeredNode,
  apply,
  nextStart,
  objectionTo,
  resumeAttempt,
  runningAttempts,
  wantsStop,
} from './apply.ts';
export { approvalSignal, isApprovalSignal } from './approval-signal.ts';
export { circuitKeyOf, HIDDEN, parametersOf, secretNamesOf } from './bindings.ts';
export {
  type Choice,
  chooseRecovery,
  DEFAULT_RULES,
  mayRecover,
  type Trouble,
} from './choose-recovery.ts';
export type { AttemptEnded, Effect, Onward, RecoverEvent, RunEvent, StopEvent } from './event.ts';
export {
  type ForkedRun,
  hasNode,
  type NewRun,
  type RunsAgain,
  type TakenOver,
  takeOver,
} from './fork.ts';
export { holdNode, releaseHeld } from './hold.ts';
export type { JournalEntry, RunJournal, StartedAttempt } from './journal-entry.ts';
export { type OpenSession, type RecoveryStep, type Round, RUN } from './recovery-step.ts';
export { cutOff } from './rerun.ts';
export { type RestoredRun, restoreRun } from './restore.ts';
export { retryDue, retryPast } from './retry-trace.ts';
export { attemptsInRound, effectKey, isDecidedUpon, roundOf, usesOf } from './round.ts';
export { awaitsSignal } from './signals.ts';
export {
  attemptOf,
  countOf,
  createRun,
  idOf,
  isTerminal,
  lossesOf,
  type NodeError,
  type NodeWait,
  type RunFacts,
  type RunState,
  specOf,
  statusOf,
} from './state.ts';
export { NO_STATE } from './states.ts';
export { type UndoneAttempts, undoneAttempts } from './undone.ts';
export { countsOf, currentNodes, liveView, retriesOf, viewRun } from './view.ts';
