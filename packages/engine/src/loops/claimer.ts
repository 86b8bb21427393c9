import type { EngineState } from '../engine-state.ts';
import { failpoint } from '../failpoint.ts';

const CLAIM_ALONE = 500;
/** Beside others an engine takes little at a time: what one has taken the others cannot do. */
const CLAIM_AMONG_OTHERS = 25;

/**
 * Takes runs that nobody owns, as many as there is room for. The next are claimed while the last
 * ones are read.
 *
 * @returns a round for a loop: how many runs it claimed
 */
export function createClaimer(state: EngineState): () => Promise<number> {
  const { settings, table } = state;
  let arriving = 0;
  let adoption: Promise<void> = Promise.resolve();
  return async () => {
    const atOnce = state.peers === 0 ? CLAIM_ALONE : CLAIM_AMONG_OTHERS;
    const limit = Math.min(atOnce, table.room() - arriving);
    if (limit <= 0 || !table.isOpen()) return 0;
    const { engineId, store } = settings;
    failpoint('before-claim');
    const runIds = await store.claim({ engineId, epoch: state.epoch, limit });
    table.queueSeen(runIds.length < limit);
    if (runIds.length === 0) return 0;
    failpoint('claimed');
    const earlier = adoption;
    arriving += runIds.length;
    adoption = table.adopt(runIds).finally(() => {
      arriving -= runIds.length;
    });
    // A failure is told by the round that waits for it; the runs are found when memory is compared.
    adoption.catch(() => undefined);
    await earlier;
    return runIds.length;
  };
}
