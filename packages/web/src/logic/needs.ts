import type { Approval, Intervention } from '@tenuto/contract';
import { waitsForMoney } from './phases.ts';

/** What the address of the page of decisions says: others' too, or only one's own. */
export interface NeedsSearch {
  readonly show?: 'all';
}

export function readNeedsSearch(search: Readonly<Record<string, unknown>>): NeedsSearch {
  return search.show === 'all' ? { show: 'all' } : {};
}

/** Whether a decision is anybody's, or this one's. */
export function isFor(item: Pick<Intervention, 'assignee'>, principal: string): boolean {
  return item.assignee === null || item.assignee === principal;
}

export interface Needs {
  readonly approvals: readonly Approval[];
  readonly decisions: readonly Intervention[];
  readonly money: readonly Intervention[];
}

/** What waits, by its kind; what decides by itself first stands first. */
export function needsOf(open: {
  readonly approvals: readonly Approval[];
  readonly interventions: readonly Intervention[];
}): Needs {
  const interventions = byDeadline(open.interventions);
  return {
    approvals: byDeadline(open.approvals),
    decisions: interventions.filter((item) => !waitsForMoney(item)),
    money: interventions.filter(waitsForMoney),
  };
}

interface Waiting {
  readonly deadline_at: string | null;
  readonly opened_at: string;
}

/** What has no deadline comes after what has one, the oldest first. */
function byDeadline<T extends Waiting>(items: readonly T[]): readonly T[] {
  const end = (item: T) => item.deadline_at ?? '9999';
  return items.toSorted(
    (a, b) => end(a).localeCompare(end(b)) || a.opened_at.localeCompare(b.opened_at),
  );
}
