import type { Clock } from '../ports/clock.ts';
import type { EngineStore } from '../ports/store.ts';

/**
 * Finds engines that have died: one whose heartbeat has stood still for a whole lease of its own, on
 * this engine's monotonic clock. An outage of its own proves nothing about others, so it starts over.
 *
 * @returns a round for a loop: how many runs it released
 */
export function createRescuer(options: {
  readonly engineId: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly store: Pick<EngineStore, 'peers' | 'takeOver'>;
  /** Told in each round how many other engines there are. */
  peersSeen(count: number): void;
  tookOver(engineId: string, runs: number): void;
}): () => Promise<number> {
  const { clock, store } = options;
  let watched = new Map<
    string,
    { readonly beat: number; readonly leaseMs: number; readonly since: number }
  >();
  let lastRound = clock.mono();

  return async () => {
    const now = clock.mono();
    if (now - lastRound > options.leaseMs) watched.clear();
    const seen: typeof watched = new Map();
    const peers = await store.peers(options.engineId);
    options.peersSeen(peers.length);
    // A beat may have been counted while the question was under way: a lease begins after it.
    const since = clock.mono();
    for (const { engineId, beat, leaseMs } of peers) {
      const before = watched.get(engineId);
      seen.set(engineId, before?.beat === beat ? before : { beat, leaseMs, since });
    }
    watched = seen;
    lastRound = since;
    let released = 0;
    for (const [engineId, { beat, leaseMs, since }] of seen) {
      if (now - since < leaseMs) continue;
      const runs = await store.takeOver(engineId, beat);
      watched.delete(engineId);
      if (runs === undefined) continue;
      released += runs;
      options.tookOver(engineId, runs);
    }
    return released;
  };
}
