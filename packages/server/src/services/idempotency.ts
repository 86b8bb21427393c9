import { createHash } from 'node:crypto';
import { OrchestrationError } from '@tenuto/contract';
import { canonicalJson, type Idempotency, type JobStore } from '@tenuto/engine';

const KEY = /^[\x21-\x7e]{1,255}$/;

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
): void {
  if (Buffer.compare(used.requestHash, requestHash) === 0) return;
  // What that was is not known: one key is one for things of all kinds.
  throw new OrchestrationError(
    'idempotency_mismatch',
    `The key was used for another request, which made ${used.runId}.`,
  );
}

/**
 * Makes something once: the same key with the same body answers with what the first request made.
 * @param of.find the answer about what a key has made, by its id; undefined when it is gone
 * @param of.make makes it, under the key if there is one
 * @throws OrchestrationError 409 when it is gone or another request with the key is under way, 422
 *   when the key was used for something else
 */
export async function makeOnce<Answer>(
  { jobs }: { readonly jobs: Pick<JobStore, 'submission'> },
  use: {
    readonly owner: string;
    readonly idempotency: Idempotency | undefined;
    readonly what: string;
  },
  of: {
    readonly find: (id: string) => Promise<Answer | undefined>;
    readonly make: (keyed: { readonly idempotency?: Idempotency }) => Promise<Answer | 'duplicate'>;
  },
): Promise<Answer> {
  const { idempotency } = use;
  if (idempotency === undefined) {
    const made = await of.make({});
    if (made === 'duplicate') throw new Error('something without a key was refused for its key');
    return made;
  }
  const before = await firstAnswer();
  if (before !== undefined) return before;
  const made = await of.make({ idempotency });
  if (made !== 'duplicate') return made;
  const winner = await firstAnswer();
  if (winner !== undefined) return winner;
  throw new OrchestrationError('conflict', 'Another request with this key is under way.');

  async function firstAnswer(): Promise<Answer | undefined> {
    if (idempotency === undefined) return undefined;
    const used = await jobs.submission(use.owner, idempotency.key);
    if (used === undefined) return undefined;
    refuseOtherUse(idempotency, used);
    const found = await of.find(used.runId);
    if (found !== undefined) return found;
    throw new OrchestrationError('conflict', `The ${use.what} that this key made is gone.`);
  }
}
