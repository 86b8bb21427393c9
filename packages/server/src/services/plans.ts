import {
  type Access,
  compileStoredPlan,
  type JobStore,
  type Plan,
  type RunRecord,
} from '@tenuto/engine';

/** Nodes of compiled plans kept in memory; some hundred bytes each. */
const NODES_KEPT = 500_000;

/** What finds the plan of a run. */
export type PlannedRun = Pick<RunRecord, 'runId' | 'planHash'>;

/** Finds the compiled plan of a run; the plans used last stay in memory. */
export function createPlans(jobs: Pick<JobStore, 'planDocument'>) {
  const kept = new Map<string, Plan>();
  let nodes = 0;

  function keep(plan: Plan): void {
    kept.set(plan.hash, plan);
    nodes += plan.nodeCount;
    for (const oldest of kept.values()) {
      if (nodes <= NODES_KEPT || oldest === plan) break;
      kept.delete(oldest.hash);
      nodes -= oldest.nodeCount;
    }
  }

  return async function planOf(access: Access, run: PlannedRun): Promise<Plan> {
    const known = kept.get(run.planHash);
    if (known !== undefined) {
      kept.delete(known.hash);
      kept.set(known.hash, known);
      return known;
    }
    const document = await jobs.planDocument(access, run.runId);
    if (document === undefined) throw new Error(`the plan of run ${run.runId} is missing`);
    const plan = compileStoredPlan(document);
    if (!kept.has(plan.hash)) keep(plan);
    return plan;
  };
}

export type Plans = ReturnType<typeof createPlans>;
