/** How a client behaves when an answer fails to come. Times in milliseconds. */
export interface RetryOptions {
  /** Attempts in all, the first included. */
  readonly maxAttempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** A server that asks for a longer wait than this is not waited for: its error is thrown. */
  readonly maxRetryAfterMs: number;
}

export const DEFAULT_RETRY: RetryOptions = {
  maxAttempts: 4,
  baseDelayMs: 200,
  maxDelayMs: 5_000,
  maxRetryAfterMs: 30_000,
};

/** What one attempt came to, as far as trying again is concerned. */
export type Failure =
  | { readonly kind: 'no-answer' }
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfterMs?: number };

/** The server did nothing yet: sending the request again cannot do it twice. */
const REFUSED_FOR_NOW: readonly number[] = [429, 503];
/** A proxy gave up: the request may have been carried out. */
const LOST_ON_THE_WAY: readonly number[] = [502, 504];

interface Situation {
  /** Failed attempts so far, from 1. */
  readonly attempts: number;
  /** Whether the request may be carried out twice: it reads, or it carries an idempotency key. */
  readonly repeatable: boolean;
  /** A random number in [0, 1). */
  readonly random: number;
}

/** Milliseconds to wait before the next attempt, or `undefined` when there is to be none. */
export function delayBeforeRetry(
  failure: Failure,
  situation: Situation,
  options: RetryOptions,
): number | undefined {
  if (situation.attempts >= options.maxAttempts || !mayRepeat(failure, situation.repeatable)) {
    return undefined;
  }
  const asked = failure.kind === 'answer' ? failure.retryAfterMs : undefined;
  if (asked !== undefined) return asked <= options.maxRetryAfterMs ? asked : undefined;
  const ceiling = Math.min(
    options.maxDelayMs,
    options.baseDelayMs * 2 ** Math.min(situation.attempts - 1, 30),
  );
  return Math.round(ceiling * (0.5 + situation.random / 2));
}

function mayRepeat(failure: Failure, repeatable: boolean): boolean {
  if (failure.kind === 'no-answer') return repeatable;
  if (REFUSED_FOR_NOW.includes(failure.status)) return true;
  return repeatable && LOST_ON_THE_WAY.includes(failure.status);
}

/**
 * Reads a Retry-After header: seconds, or an HTTP date.
 *
 * @param header the header's value, if there was one
 * @param now wall time in milliseconds since the epoch
 * @returns milliseconds from `now`, never negative; `undefined` when there is nothing to read
 */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  if (!/^[A-Z][a-z]{2}, /.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
