import type { Classification } from '@tenuto/contract';
import { backoffDelay } from './backoff.ts';
import type { RetryPolicy } from './policy.ts';
import { nextOpening } from './window.ts';

/** A failed attempt, as far as a retry depends on it. */
export interface FailedAttempt {
  readonly classification: Classification;
  /** The action's own word for it: `http_status`, `exit_code`, ... */
  readonly type: string;
  /** Milliseconds from now before which the target does not want to be asked again. */
  readonly retryAfterMs?: number;
  /** Attempts made so far, this one included. */
  readonly attempts: number;
  /** Delay before this attempt, for decorrelated jitter. */
  readonly previousDelayMs?: number;
  /** Wall time at which the node's first attempt started, for a limit of the total time. */
  readonly firstStartedAt?: number;
}

/** A target that asks for more than a day of patience does not mean this run. */
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;
const NEVER_RETRIED: ReadonlySet<Classification> = new Set(['validation', 'permanent']);

/**
 * Decides whether a failed attempt is made again, and when.
 *
 * A lost attempt (`infrastructure`: its worker or engine died) says nothing about the work, so it
 * is made again at once whatever the strategy. A Retry-After may delay beyond the policy's cap,
 * at most a day, and never makes a delay shorter. A retry that is due outside of the policy's window
 * waits for its next opening. One that would come after the limit of the total time is not made.
 *
 * @param random in [0, 1)
 * @param at wall time of the failure in milliseconds since the epoch
 * @returns the wall time of the next attempt in whole milliseconds, or null for none
 */
export function decideRetry(
  policy: RetryPolicy,
  failure: FailedAttempt,
  random: number,
  at: number,
): { readonly retryAt: number } | null {
  if (failure.attempts >= policy.max_attempts || !isRetryable(policy, failure)) return null;
  const delayMs = delayOf(policy, failure, random);
  if (delayMs === null) return null;
  const due = at + Math.ceil(delayMs);
  const { retry_window: window } = policy;
  const retryAt = window === undefined ? due : nextOpening(window, due);
  return isTooLate(policy, failure.firstStartedAt ?? at, retryAt) ? null : { retryAt };
}

/** Whether an attempt that starts at `startAt` (wall time) would exceed the total time. */
export function isTooLate(
  { total_time_limit_ms: limitMs = Number.POSITIVE_INFINITY }: RetryPolicy,
  firstStartedAt: number,
  startAt: number,
): boolean {
  return startAt - firstStartedAt > limitMs;
}

/** Milliseconds until the next attempt, null for none. */
function delayOf(policy: RetryPolicy, failure: FailedAttempt, random: number): number | null {
  if (failure.classification === 'infrastructure') return 0;
  const delayMs = backoffDelay({
    strategy: policy.strategy,
    attemptsSoFar: failure.attempts,
    baseDelayMs: policy.base_delay_ms,
    multiplier: policy.backoff_multiplier,
    maxDelayMs: policy.max_delay_ms,
    delaysMs: policy.delays_ms,
    jitter: policy.jitter,
    jitterRange: policy.jitter_range,
    random,
    ...(failure.previousDelayMs !== undefined && { previousDelayMs: failure.previousDelayMs }),
  });
  return delayMs === null ? null : Math.max(delayMs, askedDelay(failure));
}

function isRetryable(policy: RetryPolicy, { classification, type }: FailedAttempt): boolean {
  const names = (types: readonly string[]) =>
    types.includes(classification) || types.includes(type);
  if (NEVER_RETRIED.has(classification) || names(policy.non_retryable_error_types)) return false;
  if (classification === 'infrastructure') return true;
  return policy.retryable_error_types.length === 0 || names(policy.retryable_error_types);
}

function askedDelay({ retryAfterMs = 0 }: FailedAttempt): number {
  return retryAfterMs > 0 ? Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) : 0;
}
