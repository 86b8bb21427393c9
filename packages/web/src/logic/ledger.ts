import type { FiringView } from '@tenuto/contract';
import { type ClockChange, clockChanges, offsetAt, offsetText, wallAt } from './zone-time.ts';

/** A line of the ledger as it is shown: a firing, or a change of the clocks between two of them. */
export type LedgerLine =
  | {
      readonly kind: 'firing';
      readonly firing: FiringView;
      readonly local: string;
      readonly offset: string;
    }
  | { readonly kind: 'clocks'; readonly change: ClockChange };

/** Firings, the newest first, by the clock of a zone; where that was changed stands between them. */
export function ledgerLines(firings: readonly FiringView[], zone: string): readonly LedgerLine[] {
  const lines: LedgerLine[] = [];
  let later: number | undefined;
  for (const firing of firings) {
    const at = Date.parse(firing.tick);
    if (later !== undefined && at < later && offsetAt(at, zone) !== offsetAt(later, zone)) {
      const changes = clockChanges(zone, at, later);
      lines.push(...changes.toReversed().map((change) => ({ kind: 'clocks' as const, change })));
    }
    later = at;
    lines.push({
      ...{ kind: 'firing', firing },
      local: wallAt(at, zone).replace('T', ' '),
      offset: offsetText(offsetAt(at, zone)),
    });
  }
  return lines;
}
