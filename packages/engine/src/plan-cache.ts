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
  /** Forgets all: the store may have lost what was kept there. */
  clear(): void;
}

export function createPlanCache(store: Pick<EngineStore, 'plan' | 'putPlan'>): PlanCache {
  const plans = new Map<string, Plan>();
  /** Plans on their way into the store: a thousand submits of a new graph store it once. */
  const keeping = new Map<string, Promise<void>>();
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
    keep(plan) {
      if (plans.has(plan.hash)) return Promise.resolve();
      const underway = keeping.get(plan.hash);
      if (underway !== undefined) return underway;
      const kept = store
        .putPlan(plan.hash, plan.document, plan.nodeCount)
        .then(() => remember(plan))
        .finally(() => keeping.delete(plan.hash));
      keeping.set(plan.hash, kept);
      return kept;
    },
    has: (hash) => plans.has(hash),
    clear() {
      plans.clear();
      nodes = 0;
    },
  };
}
