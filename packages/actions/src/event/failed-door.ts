import { OrchestrationError } from '@tenuto/contract';
import type { ActionOutcome } from '@tenuto/engine';
import { refused } from '../action.ts';

/** What an attempt ends as when the events could not be reached, or would not have it. */
export function failedDoor(error: unknown): ActionOutcome {
  if (!(error instanceof OrchestrationError)) throw error;
  if (error.status < 500) return refused(error.code, error.message);
  const { retryAfterSeconds } = error;
  return {
    status: 'failed',
    error: {
      classification: 'transient',
      type: error.code,
      message: error.message,
      ...(retryAfterSeconds !== undefined && { retryAfterMs: retryAfterSeconds * 1000 }),
    },
  };
}
