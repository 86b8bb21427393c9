import { OrchestrationError } from '@tenuto/contract';
import type { ActionOutcome, TestMemory } from '@tenuto/engine';

/** Nothing is known of any test. */
export const NO_MEMORY: TestMemory = {
  quarantined: async () => new Set(),
  known: async () => [],
  earlier: async () => [],
};

/** Runs `action`; while the history cannot be asked, its attempt fails and may be made again. */
export async function withMemory(action: () => Promise<ActionOutcome>): Promise<ActionOutcome> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof OrchestrationError) || error.status < 500) throw error;
    const { code: type, message } = error;
    return { status: 'failed', error: { classification: 'transient', type, message }, tests: [] };
  }
}
