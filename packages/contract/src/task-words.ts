/** The words of tasks: what triggers them, where they stand, and what came of each firing. */

export const SCHEDULE_KINDS = ['cron', 'rrule', 'once', 'event', 'condition'] as const;
export type ScheduleKind = (typeof SCHEDULE_KINDS)[number];

/** Cancelled is final; completed is what has fired for the last time. */
export const TASK_STATUSES = ['active', 'paused', 'cancelled', 'completed'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Orders of a list of tasks. `next`: by when they are due, without those that are not. */
export const TASK_ORDERS = ['newest', 'next'] as const;
export type TaskOrder = (typeof TASK_ORDERS)[number];

/** What is done about firings that came due while no scheduler ran. */
export const MISFIRE_POLICIES = ['fire_once', 'skip', 'fire_all'] as const;
export type MisfirePolicy = (typeof MISFIRE_POLICIES)[number];

/** What a firing does about a run of the task that is still going. */
export const OVERLAP_POLICIES = ['allow', 'skip', 'queue', 'cancel_previous'] as const;
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number];

/** `coalesced`: another firing stood for this one. `queued`: it waits for its turn. */
export const FIRING_OUTCOMES = ['fired', 'coalesced', 'skipped', 'queued'] as const;
export type FiringOutcome = (typeof FIRING_OUTCOMES)[number];

/** Why a firing made no run of its own, or not at once. */
export const FIRING_REASONS = [
  'paused',
  'snoozed',
  'misfire',
  'quota',
  'overlap',
  'dedupe',
  'concurrency',
  'debounce',
  'batch',
  'cancelled',
] as const;
export type FiringReason = (typeof FIRING_REASONS)[number];

/** What called for a firing. */
export const FIRING_ORIGINS = [
  'schedule',
  'run_now',
  'backfill',
  'catch_up',
  'event',
  'condition',
] as const;
export type FiringOrigin = (typeof FIRING_ORIGINS)[number];

/** Names of retry strategies that people of schedulers know, besides the seven of nodes. */
export const BACKOFF_ALIASES = ['exponential_jitter', 'linear', 'fixed'] as const;
export type BackoffAlias = (typeof BACKOFF_ALIASES)[number];
