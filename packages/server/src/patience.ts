import { OrchestrationError } from '@tenuto/contract';
import { type Clock, type EngineLog, StoreFault } from '@tenuto/engine';
import { StoreError } from '@tenuto/store';

const TRIES = 20;
const PAUSE_MS = 500;

/**
 * Does what may be done again, and does it again while the database is away for a moment.
 * @throws StoreError after the last try, or at once what no patience helps against
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
      if (tries === TRIES) throw new StoreError(`The database went away: ${String(error)}`, error);
      logger.warn({ error: String(error), tries }, 'the database went away; trying again');
      await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve));
    }
  }
}

function passes(error: unknown): boolean {
  if (error instanceof StoreFault) return error.kind === 'unavailable';
  // A store that cannot be used says why; a request that met none says only that.
  if (error instanceof StoreError) return false;
  return error instanceof OrchestrationError && error.code === 'store_unavailable';
}
