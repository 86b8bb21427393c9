import { stands } from './fences.ts';
import { PRIORITY_STEP_MS } from './flush.ts';
import type { Rules } from './rules.ts';
import type { LiveRow, Tables } from './tables.ts';

export interface Claim {
  readonly engineId: string;
  readonly epoch: number;
  readonly limit: number;
}

const NOT_BEGUN = new Set(['pending', 'queued', 'scheduled']);

/** Takes waiting runs: those of the dead first, then oldest claim key first in turn by owner. */
export function claim(
  tables: Tables,
  { engineId, epoch, limit }: Claim,
  { now, rules }: { readonly now: number; readonly rules: Rules },
): string[] {
  if (rules.claimTakesFence && !stands(tables, engineId, epoch)) return [];
  const isNear = (row: LiveRow) => row.claimKey <= now + 9 * PRIORITY_STEP_MS;
  const waiting = [...tables.live.values()].filter(
    (row) =>
      (row.engine === undefined || !rules.claimSkipsOwned) && row.wakeAt <= now && isNear(row),
  );
  const turns = new Map<LiveRow, number>();
  for (const rows of Map.groupBy(waiting, (row) => row.submission.owner).values()) {
    rows.sort((a, b) => a.claimKey - b.claimKey);
    for (const [turn, row] of rows.slice(0, limit).entries()) turns.set(row, turn);
  }
  const first = ({ claimKey }: LiveRow) => (claimKey === 0 ? 0 : 1);
  const chosen = [...turns].sort(
    ([a, turnA], [b, turnB]) => first(a) - first(b) || turnA - turnB || a.claimKey - b.claimKey,
  );
  return chosen.slice(0, limit).map(([row]) => {
    row.engine = engineId;
    if (NOT_BEGUN.has(row.status)) row.status = 'running';
    row.startedAt ??= now;
    row.version += 1;
    return row.runId;
  });
}
