import type { Classification } from '@tenuto/contract';
import type { ActionError } from '@tenuto/engine';
import { errors } from 'undici';
import { errorCode, machineTrouble } from '../system-error.ts';

/** A failure whose meaning is already known; it carries what the outcome will say. */
export class HttpFailure extends Error {
  readonly error: ActionError;

  constructor(error: ActionError) {
    super(error.message);
    this.name = new.target.name;
    this.error = error;
  }
}

/** The guard refused the host; `reason` says what was wrong with it. */
export function blocked(host: string, reason: string): HttpFailure {
  return new HttpFailure({
    classification: 'validation',
    type: 'ssrf_blocked',
    message: `The request to ${host} was blocked: ${reason}.`,
    details: { host, reason },
  });
}

export function tooLarge(maxBytes: number): HttpFailure {
  return new HttpFailure({
    classification: 'permanent',
    type: 'response_too_large',
    message: `The response body is larger than max_response_bytes (${maxBytes}).`,
  });
}

type Meaning = readonly [classification: Classification, type: string];

/** What the codes of sockets, the resolver and undici mean for a retry. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['ECONNREFUSED', ['transient', 'connection_refused']],
  ['ECONNRESET', ['transient', 'connection_reset']],
  ['ECONNABORTED', ['transient', 'connection_reset']],
  ['ENETRESET', ['transient', 'connection_reset']],
  ['EPIPE', ['transient', 'connection_reset']],
  ['UND_ERR_SOCKET', ['transient', 'connection_reset']],
  ['UND_ERR_DESTROYED', ['transient', 'connection_reset']],
  ['UND_ERR_CLOSED', ['transient', 'connection_reset']],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', ['transient', 'connection_reset']],
  ['ETIMEDOUT', ['transient', 'connect_timeout']],
  ['UND_ERR_CONNECT_TIMEOUT', ['transient', 'connect_timeout']],
  ['UND_ERR_HEADERS_TIMEOUT', ['timeout', 'timeout']],
  ['UND_ERR_BODY_TIMEOUT', ['timeout', 'timeout']],
  ['EHOSTUNREACH', ['transient', 'host_unreachable']],
  ['ENETUNREACH', ['transient', 'host_unreachable']],
  ['EHOSTDOWN', ['transient', 'host_unreachable']],
  ['ENETDOWN', ['transient', 'host_unreachable']],
  ['EADDRNOTAVAIL', ['transient', 'host_unreachable']],
  ['EAI_AGAIN', ['transient', 'dns_failure']],
  ['EAI_FAIL', ['transient', 'dns_failure']],
  ['EAI_MEMORY', ['resource_exhausted', 'out_of_memory']],
  // A name that is missing today may be there after the next deployment, and some resolvers say
  // so when they are merely cut off: waiting for a retry costs less than a run that is given up.
  ['ENOTFOUND', ['transient', 'dns_not_found']],
  ['EMFILE', ['resource_exhausted', 'no_sockets']],
  ['ENFILE', ['resource_exhausted', 'no_sockets']],
  ['ENOBUFS', ['resource_exhausted', 'no_sockets']],
  ['ENOMEM', ['resource_exhausted', 'out_of_memory']],
  ['UND_ERR_HEADERS_OVERFLOW', ['permanent', 'response_too_large']],
  ['UND_ERR_INVALID_ARG', ['validation', 'invalid_request']],
  ['UND_ERR_NOT_SUPPORTED', ['validation', 'invalid_request']],
]);

/** OpenSSL and Node name certificate and handshake errors by these beginnings. */
const TLS_CODE =
  /^(ERR_TLS|ERR_SSL|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|EPROTO)/;

/** The outcome's error for whatever was thrown while a request was under way. */
export function classifyFailure(thrown: unknown): ActionError {
  if (thrown instanceof HttpFailure) return thrown.error;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = errorCode(thrown);
  const [classification, type] = meaningOf(thrown, code);
  const shown = message === '' ? code : message;
  return {
    classification,
    type,
    message: `The request failed: ${shown}.`,
    ...(code === '' ? {} : { details: { code } }),
  };
}

function meaningOf(thrown: unknown, code: string): Meaning {
  const known = MEANINGS.get(code);
  if (known !== undefined) return known;
  if (TLS_CODE.test(code)) return ['permanent', 'tls_error'];
  if (thrown instanceof errors.HTTPParserError) return ['permanent', 'invalid_response'];
  return [machineTrouble(code) ?? 'unknown', 'request_failed'];
}
