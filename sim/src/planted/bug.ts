import type { ActionRunner, Clock, EngineStore } from '@tenuto/engine';

/**
 * A bug put into an engine from outside: what the engine is given to work with does not do quite what
 * it should, as if the engine had not asked for it or had not listened. The engine needs no switch.
 */
export interface EngineBug {
  clock?(clock: Clock): Clock;
  store?(store: EngineStore, clock: Clock): EngineStore;
  runner?(runner: ActionRunner): ActionRunner;
  /** Attempts at once in one engine. */
  readonly slots?: number;
}
