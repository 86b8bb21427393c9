import { createHash } from 'node:crypto';
import { OrchestrationError } from '@tenuto/contract';
import { canonicalJson } from '@tenuto/engine';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** A key, and the SHA-256 of what was asked for under it. */
export interface Idempotency {
  readonly key: string;
  readonly requestHash: Uint8Array;
}

/**
 * Reads the header of a request; two bodies are the same when they say the same, however spelled.
 * @param said what is asked for
 * @throws OrchestrationError 400 for a key that is none
 */
export function readIdempotency(key: string | undefined, said: unknown): Idempotency | undefined {
  if (key === undefined) return undefined;
  if (!KEY.test(key)) {
    throw new OrchestrationError(
      'malformed_request',
      'Idempotency-Key is 1 to 255 printable ASCII characters without spaces.',
    );
  }
  return { key, requestHash: createHash('sha256').update(canonicalJson(said)).digest() };
}

/** @throws OrchestrationError 422 when the key was used for something else */
export function refuseOtherUse(
  { requestHash }: Idempotency,
  used: { readonly runId: string; readonly requestHash: Uint8Array },
  what: string,
): void {
  if (Buffer.compare(used.requestHash, requestHash) === 0) return;
  throw new OrchestrationError(
    'idempotency_mismatch',
    `The key was used for ${what} ${used.runId} with another body.`,
  );
}
