import type { RunStatus } from '@tenuto/contract';
import type { Owned } from './owned.ts';
import type { EngineStore } from './ports/store.ts';

/** Nodes that wait for other runs. An end in this engine is heard at once, others are asked for. */
export interface Watches {
  add(owned: Owned, node: number, runId: string): void;
  ended(runId: string, status: RunStatus): void;
  /** Asks the store about all watched runs. */
  check(): Promise<void>;
}

interface Watcher {
  readonly owned: Owned;
  readonly node: number;
}

export function createWatches(
  store: Pick<EngineStore, 'outcomes'>,
  resume: (watcher: Watcher, runId: string, status: RunStatus) => void,
): Watches {
  const watched = new Map<string, Watcher[]>();

  function ended(runId: string, status: RunStatus): void {
    const watchers = watched.get(runId);
    watched.delete(runId);
    for (const watcher of watchers ?? []) resume(watcher, runId, status);
  }

  return {
    add(owned, node, runId) {
      watched.set(runId, [...(watched.get(runId) ?? []), { owned, node }]);
    },
    ended,
    async check() {
      for (const [runId, watchers] of watched) {
        if (watchers.every(({ owned }) => owned.dropped)) watched.delete(runId);
      }
      if (watched.size === 0) return;
      for (const { runId, status } of await store.outcomes([...watched.keys()])) {
        ended(runId, status);
      }
    },
  };
}
