import type { EngineStore, JobStore, Lane, RecoveryStore } from '@tenuto/engine';
import type { LaneKey } from './flush.ts';

/** A PostgreSQL with the same history as the model. */
export interface RealStores {
  readonly engine: EngineStore;
  readonly jobs: JobStore;
  readonly recoveries: RecoveryStore;
  /** The lane of that key, opened when it is asked for first. */
  lane(key: LaneKey): Promise<Lane>;
}

/** A real database that is asked whatever the model is asked, at the same moment. */
export interface Twin {
  /** PostgreSQL's answer; that the model's is another one is a violation. */
  alike<T>(
    verb: string,
    model: (real: T | undefined) => T,
    ask: (real: RealStores) => Promise<T>,
  ): Promise<T>;
}

/** What a statement does: on the model alone, or on both. */
export function onBoth<T>(
  twin: Twin | undefined,
  verb: string,
  model: (real?: T) => T,
  ask: (real: RealStores) => Promise<T>,
): () => T | Promise<T> {
  return twin === undefined ? () => model() : () => twin.alike(verb, model, ask);
}
