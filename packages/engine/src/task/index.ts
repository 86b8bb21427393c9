export { decideCondition, decideProbe } from './condition.ts';
export { decideEvents, type EventInterest, type EventsTurn, eventInterest } from './event.ts';
export { DEDUPE_SCOPE, type FiredTask, fired, type Occasion, queued } from './firing.ts';
export { bucketOf, durationIn, hoursOf, type RunStats, statsOf } from './run-stats.ts';
export { CONDITION_SCOPE } from './scopes.ts';
export {
  createSchedules,
  hasSchedule,
  jitterOf,
  scheduleOf,
  scheduleWords,
} from './task-schedule.ts';
export { decideFiring, decideFirings, decideTurn, firstTick, standingOf } from './turn.ts';
