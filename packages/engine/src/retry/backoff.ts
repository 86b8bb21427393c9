import { type Jitter, LIMITS, type RetryStrategy } from '@tenuto/contract';

export interface BackoffOptions {
  readonly strategy: RetryStrategy;
  /** 1 after the first failure. */
  readonly attemptsSoFar: number;
  readonly baseDelayMs?: number;
  readonly multiplier?: number;
  readonly maxDelayMs?: number;
  /** For `custom_backoff`. */
  readonly delaysMs?: readonly number[];
  readonly jitter?: Jitter;
  /** For `proportional` jitter: 0.1 is ten percent either way. */
  readonly jitterRange?: number;
  /** For `decorrelated` jitter: the delay before this one, `baseDelayMs` when there was none. */
  readonly previousDelayMs?: number;
  /** In [0, 1). */
  readonly random: number;
}

/**
 * Returns the milliseconds to wait before the next attempt, null when there is to be none.
 * Never more than the cap, nor than 300 s. Decorrelated jitter replaces the strategy's own growth
 * by that of the delay before; `immediate` has no delay to spread.
 */
export function backoffDelay(options: BackoffOptions): number | null {
  const { strategy, baseDelayMs = 1_000, maxDelayMs = 60_000, jitter = 'proportional' } = options;
  if (strategy === 'none') return null;
  if (strategy === 'immediate') return 0;
  const capMs = Math.min(positive(maxDelayMs), LIMITS.retryDelayMs);
  if (jitter === 'decorrelated') {
    const firstMs = strategy === 'custom_backoff' ? (options.delaysMs?.[0] ?? 0) : baseDelayMs;
    return decorrelated(Math.min(capMs, positive(firstMs)), capMs, options);
  }
  const delayMs = Math.min(capMs, positive(plainDelay(strategy, options)));
  return Math.min(capMs, jittered(delayMs, jitter, options));
}

/** A delay that is not a number, or below zero, is none. */
function positive(ms: number): number {
  return ms > 0 ? ms : 0;
}

function plainDelay(strategy: RetryStrategy, options: BackoffOptions): number {
  const { attemptsSoFar, baseDelayMs = 1_000, multiplier = 2, delaysMs = [] } = options;
  const attempts = Math.max(1, Math.floor(attemptsSoFar));
  if (strategy === 'custom_backoff') {
    return delaysMs[Math.min(attempts, delaysMs.length) - 1] ?? 0;
  }
  if (baseDelayMs === 0) return 0;
  if (strategy === 'linear_backoff') return baseDelayMs * attempts;
  if (strategy === 'fibonacci_backoff') return baseDelayMs * fibonacci(attempts);
  return baseDelayMs * multiplier ** (attempts - 1);
}

/** Returns 1, 1, 2, 3, 5, ... for 1, 2, 3, 4, 5, ...; infinity soon enough. */
function fibonacci(index: number): number {
  let [current, next] = [1, 1];
  for (let i = 1; i < index && current < Number.MAX_VALUE; i++) {
    [current, next] = [next, current + next];
  }
  return current;
}

function jittered(delayMs: number, jitter: Jitter, options: BackoffOptions): number {
  const { jitterRange = 0.1, random } = options;
  switch (jitter) {
    case 'full':
      return delayMs * random;
    case 'equal':
      return delayMs / 2 + (delayMs / 2) * random;
    case 'proportional':
      return delayMs * (1 + Math.min(1, positive(jitterRange)) * (2 * random - 1));
    default:
      return delayMs;
  }
}

/** Somewhere between the base and three times the delay before. */
function decorrelated(baseMs: number, capMs: number, options: BackoffOptions): number {
  const { previousDelayMs = baseMs, random } = options;
  const previousMs = Math.min(capMs, Math.max(baseMs, positive(previousDelayMs)));
  return Math.min(capMs, baseMs + (3 * previousMs - baseMs) * random);
}
