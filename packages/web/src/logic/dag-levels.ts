import type { Card } from './graph.ts';

/** Cards by level, the first level first; a level in which nothing stands is left out. */
export function levelsOf(cards: readonly Card[]): readonly (readonly Card[])[] {
  const levels = new Map<number, Card[]>();
  for (const card of cards) {
    const level = levels.get(card.level);
    if (level === undefined) levels.set(card.level, [card]);
    else level.push(card);
  }
  return [...levels].sort(([a], [b]) => a - b).map(([, level]) => level);
}
