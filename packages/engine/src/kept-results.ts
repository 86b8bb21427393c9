/** Results of attempts that are stored apart from the journal, by the hash of their bytes. */
import { createHash } from 'node:crypto';
import { LIMITS } from '@tenuto/contract';
import { tooLarge } from './outcomes.ts';
import type { Call, FinalOutcome } from './owned.ts';
import type { ProducedArtifact } from './ports/action-runner.ts';
import type { EngineStore } from './ports/store.ts';
import type { EndedExtra } from './run-driver.ts';

export interface KeptOutput {
  readonly outcome: FinalOutcome;
  readonly extra: EndedExtra;
}

/** A character of JSON text takes at most this many bytes in UTF-8. */
const BYTES_A_CHARACTER = 3;

/** Small outputs go into the attempt's row as they are; large ones are stored first. */
export function keepOutput(
  store: Pick<EngineStore, 'putBlobs'>,
  outcome: FinalOutcome,
): KeptOutput | Promise<KeptOutput> {
  if (outcome.output === undefined || outcome.output === null) return { outcome, extra: {} };
  const text = JSON.stringify(outcome.output);
  if (text.length * BYTES_A_CHARACTER <= LIMITS.outputInlineBytes) {
    return { outcome, extra: { output: text } };
  }
  const bytes = Buffer.from(text);
  if (bytes.length <= LIMITS.outputInlineBytes) return { outcome, extra: { output: text } };
  if (bytes.length > LIMITS.outputBytes) return { outcome: tooLarge(bytes.length), extra: {} };
  const outputRef = sha256(bytes);
  return store
    .putBlobs([{ hash: outputRef, bytes }])
    .then(() => ({ outcome, extra: { outputRef } }));
}

export async function keepArtifacts(
  store: Pick<EngineStore, 'putBlobs' | 'putArtifacts'>,
  call: Call,
  artifacts: readonly ProducedArtifact[],
): Promise<void> {
  if (artifacts.length === 0) return;
  const hashed = artifacts.map((artifact) => ({ ...artifact, hash: sha256(artifact.bytes) }));
  await store.putBlobs(hashed);
  await store.putArtifacts(
    hashed.map(({ name, mediaType, bytes, hash }) => ({
      runId: call.owned.id,
      node: call.node,
      attempt: call.attempt,
      name,
      mediaType,
      sizeBytes: bytes.length,
      hash,
    })),
  );
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
