import type { MisfirePolicy } from '@tenuto/contract';

/** A firing that is later than this was missed: no scheduler ran when it was due. */
export const MISFIRE_AFTER_MS = 2_000;

export interface DueTick {
  readonly tick: number;
  readonly dueAt: number;
}
export type MisfireVerdict = 'fire' | 'coalesce' | 'skip';

/**
 * What becomes of ticks that are due, oldest first. Where some were missed: `fire_once` fires the
 * newest for all of them; `skip` fires only what was not missed; `fire_all` fires them all, of those
 * that were missed the newest `maxCatchUp`.
 */
export function judgeTicks(
  ticks: readonly DueTick[],
  {
    now,
    policy,
    maxCatchUp,
  }: { readonly now: number; readonly policy: MisfirePolicy; readonly maxCatchUp: number },
): readonly MisfireVerdict[] {
  const missed = ticks.filter(({ dueAt }) => now - dueAt > MISFIRE_AFTER_MS).length;
  if (missed === 0) return ticks.map(() => 'fire');
  switch (policy) {
    case 'fire_once':
      return ticks.map((_, i) => (i === ticks.length - 1 ? 'fire' : 'coalesce'));
    case 'skip':
      return ticks.map(({ dueAt }) => (now - dueAt > MISFIRE_AFTER_MS ? 'skip' : 'fire'));
    case 'fire_all':
      return ticks.map((_, i) => (i < missed - maxCatchUp ? 'skip' : 'fire'));
  }
}
