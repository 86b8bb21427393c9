import { formatTime, type Needs, type Scope } from '@tenuto/contract';
import type { Needed, NeedsStore, WaitingRunRecord } from '@tenuto/engine';
import { accessOf, type Caller, isAdmin, type Principal } from '../auth/principal.ts';
import { approvalView } from './approvals.ts';
import { interventionView } from './interventions.ts';

export interface NeedsParts {
  readonly needs: NeedsStore;
}

const LIMIT = 20;

/** What waits for people, and what of it for the caller: those parts that they may read. */
export async function readNeeds(
  { needs }: NeedsParts,
  { principal }: Caller,
  { limit = LIMIT }: { readonly limit?: number },
): Promise<Needs> {
  const access = accessOf(principal);
  const query = (scope: Scope) => ({
    who: principal.owner,
    mayDecide: may(principal, scope),
    limit,
  });
  const readsRuns = may(principal, 'runs:read');
  const [approvals, interventions, phases] = await Promise.all([
    readsRuns ? needs.approvals(access, query('runs:write')) : null,
    may(principal, 'jobs:read') ? needs.interventions(access, query('jobs:write')) : null,
    readsRuns ? needs.phases(access, query('runs:write')) : null,
  ]);
  const parts = [approvals, interventions, phases].filter((part) => part !== null);
  return {
    mine: parts.reduce((sum, { mine }) => sum + mine, 0),
    total: parts.reduce((sum, { total }) => sum + total, 0),
    approvals:
      approvals && viewOf(approvals, (item) => ({ ...approvalView(item), run_name: item.runName })),
    interventions:
      interventions &&
      viewOf(interventions, (item) => ({ ...interventionView(item), run_name: item.runName })),
    phases: phases && viewOf(phases, waitingRunView),
  };
}

export function may(principal: Principal, scope: Scope): boolean {
  return isAdmin(principal) || principal.scopes.has(scope);
}

function viewOf<Record, View extends object>(
  { items, total, mine }: Needed<Record>,
  view: (record: Record) => View,
) {
  return { items: items.map((item) => ({ ...view(item), mine: item.mine })), total, mine };
}

function waitingRunView({ runId, name, profile, startedAt, phases }: WaitingRunRecord) {
  return {
    ...{ run_id: runId, name, profile },
    started_at: startedAt === null ? null : formatTime(startedAt),
    phases: phases.map((phase) => ({ phase: phase.id, name: phase.name })),
  };
}
