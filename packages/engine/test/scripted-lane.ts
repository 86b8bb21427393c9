import type { Batch, FlushResult, Lane } from '../src/ports/store.ts';
import { StoreFault } from '../src/ports/store.ts';

export type Answer = Partial<FlushResult> | Error;

/** One answer, or what makes one of the batch. */
export type Step = Answer | ((batch: Batch) => Answer | Promise<Answer>);

export interface ScriptedLane extends Lane {
  /** Every batch that was sent, each as often as it was. */
  readonly sent: Batch[];
  closed: boolean;
}

/**
 * A lane that answers what a test says: the first answer to the first flush, and so on; then
 * `committed`. A function decides by the batch.
 */
export function createScriptedLane(...script: readonly Step[]): ScriptedLane {
  const sent: Batch[] = [];
  const lane: ScriptedLane = {
    sent,
    closed: false,
    async flush(batch) {
      const step = script[Math.min(sent.length, script.length - 1)] ?? {};
      sent.push(batch);
      const answer = typeof step === 'function' ? await step(batch) : step;
      if (answer instanceof Error) throw answer;
      return { outcome: 'committed', duplicates: [], refused: [], ...answer };
    },
    async close() {
      lane.closed = true;
    },
  };
  return lane;
}

export const away = () => new StoreFault('unavailable', 'the database is away');
export const refused = () => new StoreFault('rejected', 'the row is wrong');
