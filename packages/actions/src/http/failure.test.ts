import { errors } from 'undici';
import { describe, expect, it } from 'vitest';
import { blocked, classifyFailure, tooLarge } from './failure.ts';

const withCode = (code: string) => Object.assign(new Error(`it said ${code}`), { code });

describe('classifyFailure', () => {
  it.each([
    ['ECONNREFUSED', 'transient', 'connection_refused'],
    ['ECONNRESET', 'transient', 'connection_reset'],
    ['EPIPE', 'transient', 'connection_reset'],
    ['UND_ERR_SOCKET', 'transient', 'connection_reset'],
    ['ETIMEDOUT', 'transient', 'connect_timeout'],
    ['UND_ERR_CONNECT_TIMEOUT', 'transient', 'connect_timeout'],
    ['EHOSTUNREACH', 'transient', 'host_unreachable'],
    ['ENETUNREACH', 'transient', 'host_unreachable'],
    ['EAI_AGAIN', 'transient', 'dns_failure'],
    ['ENOTFOUND', 'transient', 'dns_not_found'],
    ['EHOSTDOWN', 'transient', 'host_unreachable'],
    ['ENETDOWN', 'transient', 'host_unreachable'],
    ['ECONNABORTED', 'transient', 'connection_reset'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout', 'timeout'],
    ['UND_ERR_BODY_TIMEOUT', 'timeout', 'timeout'],
    ['EMFILE', 'resource_exhausted', 'no_sockets'],
    ['ENFILE', 'resource_exhausted', 'no_sockets'],
    ['ENOBUFS', 'resource_exhausted', 'no_sockets'],
    ['ENOMEM', 'resource_exhausted', 'out_of_memory'],
    ['EAI_MEMORY', 'resource_exhausted', 'out_of_memory'],
    ['ENOSPC', 'resource_exhausted', 'request_failed'],
    ['EINTR', 'transient', 'request_failed'],
    ['CERT_HAS_EXPIRED', 'permanent', 'tls_error'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'permanent', 'tls_error'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'permanent', 'tls_error'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'permanent', 'tls_error'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'permanent', 'tls_error'],
    ['UND_ERR_INVALID_ARG', 'validation', 'invalid_request'],
    ['UND_ERR_HEADERS_OVERFLOW', 'permanent', 'response_too_large'],
    ['SOMETHING_NEW', 'unknown', 'request_failed'],
  ])('takes %s for %s', (code, classification, type) => {
    expect(classifyFailure(withCode(code))).toEqual({
      classification,
      type,
      message: `The request failed: it said ${code}.`,
      details: { code },
    });
  });

  it('takes an answer that is not HTTP for good', () => {
    const error = classifyFailure(new errors.HTTPParserError('Expected HTTP/'));
    expect(error).toMatchObject({ classification: 'permanent', type: 'invalid_response' });
  });

  it('says the code where the message is empty, as when all addresses failed', () => {
    const all = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    expect(classifyFailure(all)).toMatchObject({
      type: 'connection_refused',
      message: 'The request failed: ECONNREFUSED.',
    });
  });

  it('passes on what is already known', () => {
    expect(classifyFailure(blocked('db', 'it is an internal name'))).toMatchObject({
      classification: 'validation',
      type: 'ssrf_blocked',
      details: { host: 'db', reason: 'it is an internal name' },
    });
    expect(classifyFailure(tooLarge(5)).type).toBe('response_too_large');
  });

  it('survives what is not even an error', () => {
    for (const thrown of [undefined, null, 'text', 7, {}, { code: 'ECONNRESET' }]) {
      expect(classifyFailure(thrown)).toMatchObject({
        classification: 'unknown',
        type: 'request_failed',
      });
    }
  });
});
