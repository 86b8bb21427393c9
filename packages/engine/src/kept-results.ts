/** Results of attempts that are stored apart from the journal, by the hash of their bytes. */
import { createHash } from 'node:crypto';
import { LIMITS } from '@tenuto/contract';
import { tooLarge } from './outcomes.ts';
import type { Call, FinalOutcome } from './owned.ts';
import type { Clock } from './ports/clock.ts';
import { type EngineStore, StoreFault } from './ports/store.ts';
import type { EndedExtra } from './run-records.ts';

const RETRY_FIRST_MS = 50;
const RETRY_MOST_MS = 2_000;

export interface KeepingPorts {
  readonly clock: Clock;
  readonly store: Pick<EngineStore, 'putBlobs' | 'putArtifacts' | 'putTestResults'>;
}

export interface KeptOutput {
  readonly outcome: FinalOutcome;
  readonly extra: EndedExtra;
}

/** A character of JSON text takes at most this many bytes in UTF-8. */
const BYTES_A_CHARACTER = 3;

/** Small outputs go into the attempt's row as they are; large ones are stored first. */
export function keepOutput(
  ports: KeepingPorts,
  call: Call,
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
  const store = () => ports.store.putBlobs([{ hash: outputRef, bytes }]);
  return untilStored(ports, call, store).then(() => ({ outcome, extra: { outputRef } }));
}

/** An action that has ended well does not fail because the database is away: it is asked again. */
export async function untilStored(
  { clock }: KeepingPorts,
  call: Call,
  store: () => Promise<void>,
): Promise<void> {
  for (let delay = RETRY_FIRST_MS; ; delay = Math.min(delay * 2, RETRY_MOST_MS)) {
    try {
      await store();
      return;
    } catch (error) {
      const again = error instanceof StoreFault && error.kind === 'unavailable';
      if (!again || call.state === 'ended') throw error;
    }
    await new Promise<void>((resolve) => clock.after(delay, resolve));
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
