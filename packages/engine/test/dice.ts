/** A small generator of pseudo-random numbers, so that a test can be repeated by its seed. */
export interface Dice {
  /** A number from 0 up to, not including, `bound`. */
  roll(bound: number): number;
}

export function createDice(seed: number): Dice {
  let state = seed | 0;
  return {
    roll(bound) {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
    },
  };
}

export function hashOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) | 0;
  return hash;
}
