import { stands } from '../model/fences.ts';
import type { Request } from '../model/link.ts';
import { type History, violated } from './history.ts';

/** Judges how engines come and go: epochs, heartbeats, takeovers. */
export function createOwnerOracle(
  history: History,
  leaseMs: number,
): (request: Request, result: unknown) => void {
  const epochs = new Map<string, number>();
  const beats = new Map<string, number>();
  return ({ verb, fence = '', seenBeat, epoch = 0 }, result) => {
    if (verb === 'register') {
      const { epoch } = result as { readonly epoch: number };
      if (epoch <= (epochs.get(fence) ?? 0)) {
        violated(history, 'epochs rise', `${fence} got epoch ${epoch} again`);
      }
      epochs.set(fence, epoch);
      beats.set(fence, history.now());
    } else if (verb === 'beat' && result === true) {
      beats.set(fence, history.now());
    } else if (verb === 'claim' && Array.isArray(result) && result.length > 0) {
      if (!stands(history.tables, fence, epoch)) {
        violated(history, 'claims are fenced', `${fence} claims under epoch ${epoch}`);
      }
    } else if (verb === 'takeOver' && typeof result === 'number' && seenBeat !== undefined) {
      const still = history.now() - (beats.get(fence) ?? 0);
      if (still < leaseMs) {
        violated(history, 'takeover waits', `${fence} had beaten ${still.toFixed(0)} ms before`);
      }
    }
  };
}
