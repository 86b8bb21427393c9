import type { Classification } from '@tenuto/contract';
import { LIMITS } from '@tenuto/contract';
import type { ActionError } from '@tenuto/engine';

/** What `expected_status` may hold: 204, '2xx', '200-204', '404'. */
export type StatusPattern = number | string;

/** Text of the patterns that a schema can check. */
export const STATUS_PATTERN = '^([1-5][xX]{2}|[1-5][0-9]{2}(-[1-5][0-9]{2})?)$';

/** Whether a status is among those that the caller counts as success. */
export function isExpected(status: number, expected: readonly StatusPattern[]): boolean {
  return expected.some((pattern) => {
    const text = String(pattern).toLowerCase();
    const [first = '', last = first] = text.split('-');
    return (
      status >= Number(first.replaceAll('x', '0')) && status <= Number(last.replaceAll('x', '9'))
    );
  });
}

/**
 * The error of an answer whose status was not expected.
 *
 * @param answer `nowMs` is the wall time in milliseconds since the epoch, for a Retry-After date.
 */
export function statusError(answer: {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly subject: string;
  readonly nowMs: number;
}): ActionError {
  const { status, subject } = answer;
  const retryAfterMs = readRetryAfter(answer.retryAfter, answer.nowMs);
  return {
    classification: classifyStatus(status, retryAfterMs !== undefined),
    type: 'http_status',
    message: `${subject} answered ${status}.`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    details: { status },
  };
}

/** Answers of a server to requests that it will never carry out, however often they come. */
const PERMANENT_SERVER_ERRORS: ReadonlySet<number> = new Set([501, 505, 506, 508, 510, 511]);

function classifyStatus(status: number, saysWhen: boolean): Classification {
  if (status === 429 || (status === 503 && saysWhen)) return 'rate_limited';
  if (status === 507) return 'resource_exhausted';
  if (PERMANENT_SERVER_ERRORS.has(status)) return 'permanent';
  if (status >= 500 || status === 408 || status === 425) return 'transient';
  return 'permanent';
}

/**
 * Milliseconds from `nowMs` that a Retry-After header asks to wait, at most a day: seconds or an
 * HTTP date, and undefined when it is absent or neither.
 */
export function readRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1_000 : readHttpDate(text) - nowMs;
  if (Number.isNaN(waitMs)) return undefined;
  return Math.min(Math.max(waitMs, 0), LIMITS.jobTimeoutMaxMs);
}

/** The three forms of an HTTP date; other dates are left alone, since `Date.parse` guesses. */
function readHttpDate(text: string): number {
  if (/^[A-Z][a-z]{2,8}, .* GMT$/.test(text)) return Date.parse(text);
  return /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/.test(text)
    ? Date.parse(`${text} GMT`)
    : Number.NaN;
}
