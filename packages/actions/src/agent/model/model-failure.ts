import { APICallError } from '@ai-sdk/provider';
import type { ActionError } from '@tenuto/engine';
import { classifyFailure, HttpFailure } from '../../http/failure.ts';
import { readRetryAfter, statusError } from '../../http/status.ts';
import { AGENT_LIMITS } from '../limits.ts';
import { BrokenAnswer } from './model-call.ts';

export interface ModelFailure {
  readonly error: ActionError;
  /** The provider may have done the work, and counted it. */
  readonly mayBePaid: boolean;
  /** Another try in this attempt may help. */
  readonly again: boolean;
}

interface Circumstances {
  /** `provider/model`. */
  readonly model: string;
  readonly nowMs: number;
  mask(text: string): string;
}

/** What anything means that was thrown while a model was called. */
export function modelFailure(thrown: unknown, at: Circumstances): ModelFailure {
  if (thrown instanceof BrokenAnswer) return broken(thrown, at);
  if (APICallError.isInstance(thrown)) {
    if (thrown.statusCode !== undefined && thrown.statusCode >= 300) return refusal(thrown, at);
    return network(thrown.cause ?? thrown, at);
  }
  return network(thrown, at);
}

/** The call took longer than it may: whether it is counted is the provider's to say. */
export function callTimedOut({ model }: Circumstances, seconds: number): ModelFailure {
  const message = `${model} did not answer within ${seconds} s (call_timeout_seconds).`;
  const error = { classification: 'timeout', type: 'model_timeout', message } as const;
  return { error, mayBePaid: true, again: true };
}

function broken({ type, message }: BrokenAnswer, { model }: Circumstances): ModelFailure {
  const again = type !== 'too_long';
  const classification = again ? 'transient' : 'permanent';
  const error = {
    classification,
    type: `model_${type.replace('model_', '')}`,
    message: `${model}: ${message}`,
  } as const;
  return { error, mayBePaid: true, again };
}

const QUOTA = /insufficient_quota|exceeded your current quota|billing|credit balance|payment/i;

/** The provider answered with a status: it did not do the work. */
function refusal(thrown: APICallError, { model, nowMs, mask }: Circumstances): ModelFailure {
  const { statusCode: status = 0, responseHeaders: headers = {}, responseBody = '' } = thrown;
  const said = mask(thrown.message).slice(0, AGENT_LIMITS.errorChars).toWellFormed();
  const retryAfterMs = askedWait(headers, nowMs);
  const base = statusError({ status, retryAfter: undefined, subject: model, nowMs });
  const quota = status === 402 || (status === 429 && QUOTA.test(`${said} ${responseBody}`));
  const [classification, type] = quota
    ? (['resource_exhausted', 'model_quota'] as const)
    : status === 529
      ? (['transient', 'model_overloaded'] as const)
      : ([base.classification, TYPES.get(status) ?? 'model_status'] as const);
  const error: ActionError = {
    classification,
    type,
    message: `${model} answered ${status}: ${said}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    details: { status },
  };
  return { error, mayBePaid: false, again: !quota && isPassing(classification) };
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [401, 'model_unauthorized'],
  [403, 'model_unauthorized'],
  [400, 'model_request_refused'],
  [404, 'unknown_model'],
  [429, 'model_rate_limited'],
]);

function isPassing(classification: ActionError['classification']): boolean {
  return ['rate_limited', 'transient', 'timeout'].includes(classification);
}

/** `retry-after-ms` is said by some beside Retry-After, and is finer. */
function askedWait(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const ms = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  return readRetryAfter(headers['retry-after'], nowMs);
}

/** By these the request has never left, or was never heard. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'connection_refused',
  'connect_timeout',
  'host_unreachable',
  'dns_failure',
  'dns_not_found',
  'no_sockets',
  'out_of_memory',
  'tls_error',
  'ssrf_blocked',
  'invalid_request',
]);

function network(thrown: unknown, { model, mask }: Circumstances): ModelFailure {
  const known = classifyFailure(rootOf(thrown));
  const { classification, type } = known;
  const message = `${model}: ${mask(known.message).slice(0, AGENT_LIMITS.errorChars).toWellFormed()}`;
  const isUnknown = classification === 'unknown';
  const error: ActionError = {
    classification: isUnknown ? 'transient' : classification,
    type: type === 'request_failed' ? 'model_connection_lost' : type,
    message,
  };
  return { error, mayBePaid: !NOT_SENT.has(type), again: isPassing(error.classification) };
}

/** What it was at the bottom: libraries wrap what the connection says. */
function rootOf(thrown: unknown): unknown {
  let root = thrown;
  for (let depth = 0; depth < 5; depth += 1) {
    if (root instanceof HttpFailure || !(root instanceof Error)) return root;
    if (root.cause === undefined) return root;
    root = root.cause;
  }
  return root;
}
