import { OrchestrationError } from '@tenuto/contract';
import { type Clock, type EngineLog, StoreFault } from '@tenuto/engine';

const TRIES = 20;
const PAUSE_MS = 500;

/**
 * Does what may be done again, and does it again while the database is away for a moment.
 * @throws OrchestrationError after the last try, or at once what no patience helps against
 */
export async function patiently<T>(
  work: () => Promise<T>,
  { clock, logger }: { readonly clock: Clock; readonly logger: EngineLog },
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error)) throw error;
      if (tries === TRIES) throw goneFor(error);
      logger.warn({ error: String(error), tries }, 'the database went away; trying again');
      await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve));
    }
  }
}

function passes(error: unknown): boolean {
  if (error instanceof StoreFault) return error.kind === 'unavailable';
  // One that says when to come again; a store that cannot be used does not.
  return error instanceof OrchestrationError && error.retryAfterSeconds !== undefined;
}

function goneFor(cause: unknown): OrchestrationError {
  const detail = `The database went away: ${String(cause)}`;
  return new OrchestrationError('store_unavailable', detail, { cause });
}
