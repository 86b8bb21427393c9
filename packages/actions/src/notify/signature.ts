import { createHmac } from 'node:crypto';

/** Random bytes of a secret: the length of the digest that it keys. */
export const SECRET_BYTES = 32;
const PREFIX = 'whsec_';
/** Base64 in groups of four, of at least one byte. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/;

/** What is signed: the id and the time go into the signature, so that neither can be changed. */
export interface SignedMessage {
  /** The same for every attempt to deliver the message. */
  readonly id: string;
  /** Of the attempt, in whole seconds since the epoch. */
  readonly timestamp: number;
  readonly body: string | Uint8Array;
}

/** Writes random bytes as a secret of Standard Webhooks. */
export function webhookSecret(bytes: Uint8Array): string {
  return PREFIX + Buffer.from(bytes).toString('base64');
}

/**
 * The `webhook-signature` of a message by Standard Webhooks: one signature for each secret, so that
 * a receiver may still have the one before.
 *
 * @throws TypeError for a secret that is empty or not base64; the message does not hold it
 */
export function webhookSignature(
  secrets: readonly string[],
  { id, timestamp, body }: SignedMessage,
): string {
  return secrets
    .map((secret) => {
      const digest = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body);
      return `v1,${digest.digest('base64')}`;
    })
    .join(' ');
}

function keyOf(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  if (!BASE64.test(text)) throw new TypeError('A webhook secret is whsec_ and base64.');
  return Buffer.from(text, 'base64');
}
