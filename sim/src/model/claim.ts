import { PRIORITY_STEP_MS } from './claim-key.ts';
import { stands } from './fences.ts';
import type { Rules } from './rules.ts';
import type { LiveRow, Tables } from './tables.ts';

export interface Claim {
  readonly engineId: string;
  readonly epoch: number;
  readonly limit: number;
}

export interface Choosing {
  readonly now: number;
  readonly rules: Rules;
  /** What PostgreSQL has chosen: of runs of equal rank it may take any. */
  readonly chosen?: readonly string[] | undefined;
}

const NOT_BEGUN = new Set(['pending', 'queued', 'scheduled']);

/** Takes waiting runs: those of the dead first, then oldest claim key first in turn by owner. */
export function claim(
  tables: Tables,
  { engineId, epoch, limit }: Claim,
  { now, rules, chosen: wanted }: Choosing,
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
  const isFirst = ({ claimKey }: LiveRow) => (claimKey === 0 ? 0 : 1);
  const chosen = [...turns].sort(
    ([a, turnA], [b, turnB]) => isFirst(a) - isFirst(b) || turnA - turnB || a.claimKey - b.claimKey,
  );
  const first = chosen.slice(0, limit).map(([row]) => row);
  return asWell(first, waiting, wanted).map((row) => {
    row.engine = engineId;
    if (NOT_BEGUN.has(row.status)) row.status = 'running';
    row.startedAt ??= now;
    row.version += 1;
    return row.runId;
  });
}

/** The runs of another choice from the same queue, if it is as good: the ranks are the same. */
function asWell(
  first: readonly LiveRow[],
  waiting: readonly LiveRow[],
  wanted: readonly string[] | undefined,
): readonly LiveRow[] {
  const other = waiting.filter((row) => wanted?.includes(row.runId));
  const ranks = (rows: readonly LiveRow[]) =>
    rows
      .map((row) => row.claimKey)
      .sort()
      .join();
  return wanted?.length === other.length && ranks(other) === ranks(first) ? other : first;
}
