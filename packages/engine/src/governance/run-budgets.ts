import type { Budget } from '@tenuto/contract';
import type { RunBudgets } from '../ports/engine-api.ts';

/** What is kept with a run of its profile's limits. */
interface LimitedRun {
  readonly profile: string;
  readonly budget?: Budget;
  readonly phases: readonly { readonly id: string; readonly budget?: Budget }[];
}

/** What the calls of a run of a profile may cost, as the run and its phases say. */
export function runBudgetsOf({ profile, budget, phases }: LimitedRun): RunBudgets {
  const limited: [string, Budget][] = [];
  for (const phase of phases)
    if (phase.budget !== undefined) limited.push([phase.id, phase.budget]);
  return {
    profile,
    ...(budget !== undefined && { run: budget }),
    ...(limited.length > 0 && { phases: Object.fromEntries(limited) }),
  };
}

/** Whether a run or one of its phases has a limit. */
export function isLimited({ run, phases }: RunBudgets): boolean {
  return run !== undefined || phases !== undefined;
}
