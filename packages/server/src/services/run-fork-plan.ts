import { type ForkChanges, PlanError } from '@tenuto/contract';
import { type ChangedPlan, changePlan, graphOf, type Plan } from '@tenuto/engine';
import type { JobParts } from './services.ts';

/**
 * The plan with the changes, checked in the name of whom it will run for.
 * @throws PlanError with paths below `/changes`
 */
export async function changedPlan(
  { rules }: JobParts,
  owner: string,
  { before, changes }: { readonly before: Plan; readonly changes: ForkChanges },
): Promise<ChangedPlan> {
  const nodes = changes.nodes ?? {};
  const { nodes: written } = graphOf(before);
  const named = Object.entries(nodes).map(([id, { uses }]) => ({ id, ...(uses && { uses }) }));
  const checks = (await rules.graphs?.checks(owner, { nodes: [...written, ...named] })) ?? {
    checkAction: rules.checkAction,
  };
  try {
    const changed = changePlan(before, nodes as Parameters<typeof changePlan>[1], checks);
    refuseActions(changed.plan, checks.checkAction);
    await rules.graphs?.refuseUnknown(owner, { plan: changed.plan, placeOf: (path) => path });
    return changed;
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    throw new PlanError(
      error.message,
      error.validationErrors.map((one) => ({ ...one, path: `/changes${one.path}` })),
    );
  }
}

/** What it names has to be there for whom it will run, and now. */
function refuseActions(plan: Plan, checkAction: (uses: string) => string | undefined): void {
  const wrong = plan.specs.flatMap(({ uses }, i) => {
    const message = uses === undefined ? undefined : checkAction(uses);
    return message === undefined ? [] : [{ path: `/nodes/${plan.ids[i]}`, message }];
  });
  const [first] = wrong;
  if (first !== undefined) throw new PlanError(first.message, wrong);
}
