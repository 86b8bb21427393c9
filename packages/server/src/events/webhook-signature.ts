/**
 * Whether a post to a webhook is genuine. Every scheme is HMAC-SHA256 over the bytes as they came:
 *
 *   standard  webhook-signature: v1,<base64>   over  id.timestamp.body    (Standard Webhooks)
 *   stripe    stripe-signature: t=..,v1=<hex>  over  timestamp.body
 *   github    x-hub-signature-256: sha256=<hex>  over  body
 *   hmac      x-signature: <hex or base64>     over  body, or timestamp.body with x-timestamp
 *
 * A time that is signed is good for five minutes. Without a secret nothing is genuine.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { WebhookVerification } from '@tenuto/contract';

/** Genuine, and by what the same message is known again; or why it is not. */
export type Verdict =
  | { readonly genuine: true; readonly identity: string }
  | { readonly genuine: false; readonly reason: string };

/** A post as it came. */
export interface SignedPost {
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

type Scheme = Exclude<WebhookVerification, 'none'>;

const TOLERANCE_SECONDS = 300;
/** Signatures that are looked at; a sender has two while it changes its secret. */
const MOST_SIGNATURES = 20;
const PREFIX = 'whsec_';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/;

/** Why a secret cannot be used with a scheme; undefined when it can. */
export function secretProblem(scheme: Scheme, secret: string): string | undefined {
  if (secret.trim() === '') return 'must not be empty';
  if (scheme !== 'standard') return undefined;
  return standardKey(secret) === undefined ? 'must be whsec_ and base64' : undefined;
}

export function verifyPost(scheme: Scheme, secret: string | undefined, post: SignedPost): Verdict {
  if (secret === undefined || secretProblem(scheme, secret) !== undefined) {
    return refused('The webhook has no secret: give it one.');
  }
  return SCHEMES[scheme](secret, post);
}

const SCHEMES: { readonly [scheme in Scheme]: (secret: string, post: SignedPost) => Verdict } = {
  standard(secret, { headers, body, at }) {
    const id = headerOf(headers, 'webhook-id');
    const timestamp = headerOf(headers, 'webhook-timestamp');
    const signatures = headerOf(headers, 'webhook-signature');
    if (id === undefined) return refused('webhook-id is missing.');
    if (timestamp === undefined) return refused('webhook-timestamp is missing.');
    if (signatures === undefined) return refused('webhook-signature is missing.');
    const late = timeProblem('webhook-timestamp', timestamp, at);
    if (late !== undefined) return refused(late);
    const key = standardKey(secret) ?? Buffer.alloc(0);
    // A header arrives as bytes read one by one; the id may have been UTF-8, or may not.
    const genuine = [Buffer.from(id, 'utf8'), Buffer.from(id, 'latin1')].some((bytes) =>
      includes(
        signatures.split(' ').filter((one) => one.startsWith('v1,')),
        macOf(key, [bytes, `.${timestamp}.`, body]),
        (one) => Buffer.from(one.slice('v1,'.length), 'base64'),
      ),
    );
    return genuine ? { genuine: true, identity: id } : refused(WRONG);
  },
  github(secret, { headers, body }) {
    const signature = headerOf(headers, 'x-hub-signature-256');
    if (signature === undefined) return refused('x-hub-signature-256 is missing.');
    const mac = macOf(secret, [body]);
    const given = signature.startsWith('sha256=') ? [signature.slice('sha256='.length)] : [];
    return judged(includes(given, mac, fromHex), mac);
  },
  stripe(secret, { headers, body, at }) {
    const header = headerOf(headers, 'stripe-signature');
    if (header === undefined) return refused('stripe-signature is missing.');
    const parts = header.split(',').map((part) => part.trim().split('=', 2));
    const timestamp = parts.find(([name]) => name === 't')?.[1] ?? '';
    const late = timeProblem('The time in stripe-signature', timestamp, at);
    if (late !== undefined) return refused(late);
    const given = parts.flatMap(([name, value]) => (name === 'v1' && value ? [value] : []));
    const genuine = includes(given, macOf(secret, [`${timestamp}.`, body]), fromHex);
    // The body holds the event's id; sent again, only the time is another.
    return judged(genuine, createHash('sha256').update(body).digest());
  },
  hmac(secret, { headers, body, at }) {
    const signature = headerOf(headers, 'x-signature') ?? headerOf(headers, 'x-signature-256');
    if (signature === undefined) return refused('x-signature is missing.');
    const timestamp = headerOf(headers, 'x-timestamp');
    const late = timestamp === undefined ? undefined : timeProblem('x-timestamp', timestamp, at);
    if (late !== undefined) return refused(late);
    const mac = macOf(secret, timestamp === undefined ? [body] : [`${timestamp}.`, body]);
    const text = signature.replace(/^sha256=/, '');
    const given = /^[0-9a-fA-F]{64}$/.test(text) ? fromHex(text) : fromBase64(text);
    return judged(
      includes([''], mac, () => given),
      mac,
    );
  },
};

const WRONG = 'The signature is not valid.';

function refused(reason: string): Verdict {
  return { genuine: false, reason };
}

function judged(genuine: boolean, identity: Buffer): Verdict {
  return genuine ? { genuine, identity: identity.toString('hex') } : refused(WRONG);
}

/** A header that came once and says something. */
function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function timeProblem(what: string, text: string, at: number): string | undefined {
  if (!/^\d{1,12}$/.test(text)) return `${what} is no time in seconds.`;
  const apart = Math.abs(at / 1000 - Number(text));
  if (apart <= TOLERANCE_SECONDS) return undefined;
  return `${what} is more than ${TOLERANCE_SECONDS} seconds away from now.`;
}

function macOf(key: string | Uint8Array, parts: readonly (string | Uint8Array)[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** Compares with all of them, each in a time that tells nothing. */
function includes(
  given: readonly string[],
  mac: Buffer,
  read: (text: string) => Buffer | undefined,
): boolean {
  let found = false;
  for (const text of given.slice(0, MOST_SIGNATURES)) {
    const bytes = read(text);
    if (bytes?.length === mac.length && timingSafeEqual(bytes, mac)) found = true;
  }
  return found;
}

function fromHex(text: string): Buffer | undefined {
  return /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}

function fromBase64(text: string): Buffer | undefined {
  return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function standardKey(secret: string): Buffer | undefined {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  return fromBase64(text);
}
