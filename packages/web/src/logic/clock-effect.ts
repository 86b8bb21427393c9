import type { SchedulePreview } from '@tenuto/contract';
import type { ClockChange } from './zone-time.ts';

type Firing = SchedulePreview['firings'][number];
const NEAR_MS = 2 * 3_600_000;

/**
 * What a change of the clocks does to a schedule. `moved`: out of the gap; `skipped`: left out;
 * `once`, `both`: in the hour that comes twice; `none`: nothing falls into that hour.
 */
export interface ClockEffect {
  readonly kind: 'moved' | 'skipped' | 'once' | 'both' | 'none';
  /** The firings that it touches. */
  readonly firings: readonly Firing[];
}

/**
 * @param firings around the change, by the policy of the task
 * @param usual the same by the usual policy, where the task's skips what is in a gap
 */
export function clockEffect(
  change: ClockChange,
  firings: readonly Firing[],
  usual: readonly Firing[],
): ClockEffect {
  const near = ({ at }: Firing) => Math.abs(Date.parse(at) - change.at) <= NEAR_MS;
  const marked = firings.filter(
    (one) => near(one) && one.dst === (change.kind === 'forward' ? 'gap' : 'overlap'),
  );
  if (change.kind === 'forward') {
    if (marked.length > 0) return { kind: 'moved', firings: marked };
    const left = usual.filter((one) => near(one) && one.dst === 'gap');
    return left.length > 0 ? { kind: 'skipped', firings: [] } : { kind: 'none', firings: [] };
  }
  if (marked.length === 0) return { kind: 'none', firings: [] };
  const walls = new Set(marked.map(({ local }) => local.slice(0, 19)));
  return { kind: walls.size < marked.length ? 'both' : 'once', firings: marked };
}
