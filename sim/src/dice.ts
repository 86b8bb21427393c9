import type { Random } from '@tenuto/engine';

/** Seeded chance. The same seed gives the same throws, so a simulation can be seen again. */
export interface Dice extends Random {
  chance(probability: number): boolean;
  /** A whole number, both ends included. */
  int(least: number, most: number): number;
  between(least: number, most: number): number;
  pick<T>(items: readonly T[]): T;
  /** Dice of their own for a purpose: what one part throws does not shift what another gets. */
  fork(purpose: string): Dice;
}

export function createDice(seed: string): Dice {
  const next = sfc32(seed);
  const int = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    bytes: (count) => Uint8Array.from({ length: count }, () => int(0, 255)),
    chance: (probability) => next() < probability,
    int,
    between: (least, most) => least + next() * (most - least),
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new RangeError('there is nothing to pick from');
      return items[int(0, items.length - 1)] as T;
    },
    fork: (purpose) => createDice(`${seed}/${purpose}`),
  };
}

/** Chris Doty-Humphrey's small fast counter, 32 bits, seeded by a text. */
function sfc32(seed: string): () => number {
  let a = hashText(seed, 0x9e3779b9);
  let b = hashText(seed, 0x243f6a88);
  let c = hashText(seed, 0xb7e15162);
  let counter = 1;
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i += 1) next();
  return next;
}

/** FNV-1a over the text's code units, 32 bits. */
export function hashText(text: string, start: number): number {
  let hash = start | 0;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash;
}
