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

interface MadeOnce<Thing> {
  readonly key: string | undefined;
  /** What is asked for: the same again under one key is the same request. */
  readonly said: unknown;
  readonly owner: string;
  /** A word for what is made. */
  readonly what: string;
  readonly used: (
    owner: string,
    key: string,
  ) => Promise<{ readonly runId: string; readonly requestHash: Uint8Array } | undefined>;
  readonly find: (id: string) => Promise<Thing>;
  readonly make: (idempotency: Idempotency | undefined) => Promise<string | 'duplicate'>;
}

/**
 * Makes something, or answers with what the first request under its key has made.
 * @throws OrchestrationError 422 for a key that was used with another body, and what the parts throw
 */
export async function madeOnce<Thing>(once: MadeOnce<Thing>): Promise<Thing> {
  const idempotency = readIdempotency(once.key, once.said);
  const before = idempotency && (await once.used(once.owner, idempotency.key));
  if (idempotency === undefined || before === undefined) {
    const made = await once.make(idempotency);
    if (made !== 'duplicate') return once.find(made);
  }
  const used = before ?? (idempotency && (await once.used(once.owner, idempotency.key)));
  if (used === undefined || idempotency === undefined) {
    throw new OrchestrationError('conflict', 'Another request with this key is under way.');
  }
  refuseOtherUse(idempotency, used, once.what);
  return once.find(used.runId);
}
