import type { NeededApproval, NeededIntervention, Needs, WaitingRun } from '@tenuto/contract';
import { waitsForMoney } from './phases.ts';

/** What the address of the page of decisions says: others' too, or only one's own. */
export interface NeedsSearch {
  readonly show?: 'all';
}

export function readNeedsSearch(search: Readonly<Record<string, unknown>>): NeedsSearch {
  return search.show === 'all' ? { show: 'all' } : {};
}

export interface NeedsByKind {
  readonly approvals: readonly NeededApproval[];
  readonly decisions: readonly NeededIntervention[];
  readonly money: readonly NeededIntervention[];
  readonly phases: readonly WaitingRun[];
  /** How many there are besides these: an answer has not more than so many of each kind. */
  readonly more: number;
}

/** What waits by its kind, in the order of the answer; others' only where all is asked for. */
export function needsOf(needs: Needs, isAll: boolean): NeedsByKind {
  const wanted = <T extends { readonly mine: boolean }>(part: { items: readonly T[] } | null) =>
    (part?.items ?? []).filter(({ mine }) => isAll || mine);
  const interventions = wanted(needs.interventions);
  const [approvals, phases] = [wanted(needs.approvals), wanted(needs.phases)];
  const shown = interventions.length + approvals.length + phases.length;
  return {
    ...{ approvals, phases },
    decisions: interventions.filter((item) => !waitsForMoney(item)),
    money: interventions.filter(waitsForMoney),
    more: Math.max(0, (isAll ? needs.total : needs.mine) - shown),
  };
}
