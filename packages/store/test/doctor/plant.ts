import type { SoundStore } from './sound-store.ts';

/** How to make a store in which a check finds something. */
export interface Plant {
  /** Spoils the store. @returns the subject of the evidence */
  spoil(store: SoundStore): Promise<string>;
  /** Other checks that find the same. */
  readonly also?: readonly string[];
}
