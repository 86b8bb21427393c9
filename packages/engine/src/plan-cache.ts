import { compileStoredPlan, type Plan } from './plan/index.ts';
import type { EngineStore } from './ports/store.ts';

/** Nodes of all cached plans together; a plan of a million nodes is then alone in the cache. */
const NODES_CACHED = 1_000_000;

/** Compiled plans by hash. The same graph submitted a thousand times is compiled and stored once. */
export interface PlanCache {
  /** The plan of that hash, compiled from the store if need be. */
  get(hash: string): Promise<Plan>;
  /** Makes sure that the store has the plan. */
  keep(plan: Plan): Promise<void>;
  has(hash: string): boolean;
}

export function createPlanCache(store: Pick<EngineStore, 'plan' | 'putPlan'>): PlanCache {
  const plans = new Map<string, Plan>();
  let nodes = 0;

  function remember(plan: Plan): void {
    if (plans.has(plan.hash)) return;
    plans.set(plan.hash, plan);
    nodes += plan.nodeCount;
    for (const [hash, oldest] of plans) {
      if (nodes <= NODES_CACHED || plans.size === 1) break;
      plans.delete(hash);
      nodes -= oldest.nodeCount;
    }
  }

  return {
    async get(hash) {
      const known = plans.get(hash);
      if (known !== undefined) return known;
      const plan = compileStoredPlan(await store.plan(hash));
      remember(plan);
      return plan;
    },
    async keep(plan) {
      if (plans.has(plan.hash)) return;
      await store.putPlan(plan.hash, plan.document, plan.nodeCount);
      remember(plan);
    },
    has: (hash) => plans.has(hash),
  };
}
