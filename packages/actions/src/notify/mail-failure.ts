import type { Classification } from '@tenuto/contract';
import type { ActionError } from '@tenuto/engine';

type Meaning = readonly [classification: Classification, type: string];

/** What Nodemailer's codes mean where the server gave no reply code. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['ECONNECTION', ['transient', 'connection_failed']],
  ['ECONNREFUSED', ['transient', 'connection_failed']],
  ['ECONNRESET', ['transient', 'connection_failed']],
  ['ESOCKET', ['transient', 'connection_failed']],
  ['ETIMEDOUT', ['transient', 'mail_timeout']],
  ['EDNS', ['transient', 'dns_failure']],
  ['EPROTOCOL', ['transient', 'protocol_error']],
  ['ETLS', ['permanent', 'tls_error']],
  ['EAUTH', ['permanent', 'mail_auth']],
  ['ENOAUTH', ['permanent', 'mail_auth']],
  ['EENVELOPE', ['permanent', 'mail_refused']],
  ['EMESSAGE', ['permanent', 'mail_refused']],
]);

/**
 * The outcome's error for a message that was not sent: by the reply code where the server gave one
 * (RFC 5321: 4xx passes, 5xx does not), else by what went wrong with the connection. The server's
 * words are told, the operator's credentials never are.
 */
export function mailError(thrown: unknown): ActionError {
  const code = textOf(thrown, 'code');
  const reply = replyOf(thrown);
  const [classification, type] = meaningOf(code, reply);
  const said = textOf(thrown, 'response') || (thrown instanceof Error ? thrown.message : '');
  return {
    classification,
    type,
    message: `The mail server did not take the message: ${said.slice(0, 500) || code}.`,
    details: { ...(code !== '' && { code }), ...(reply !== undefined && { status: reply }) },
  };
}

function meaningOf(code: string, reply: number | undefined): Meaning {
  if (reply !== undefined && reply >= 400 && reply < 500) return ['transient', 'mail_deferred'];
  const known = MEANINGS.get(code);
  if (reply === undefined) return known ?? ['unknown', 'mail_failed'];
  return code === 'EAUTH' ? ['permanent', 'mail_auth'] : ['permanent', 'mail_refused'];
}

/** The code of the reply; when all recipients were refused, that of one that may pass, if any did. */
function replyOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const each: unknown = 'rejectedErrors' in thrown ? thrown.rejectedErrors : undefined;
  const replies = Array.isArray(each) ? each.map(replyOf) : [];
  const passing = replies.find((reply) => reply !== undefined && reply < 500);
  if (passing !== undefined) return passing;
  const own: unknown = 'responseCode' in thrown ? thrown.responseCode : undefined;
  return typeof own === 'number' ? own : undefined;
}

function textOf(thrown: unknown, field: string): string {
  const value: unknown = typeof thrown === 'object' && thrown ? Reflect.get(thrown, field) : '';
  return typeof value === 'string' ? value : '';
}
