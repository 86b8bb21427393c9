import {
  type Budget,
  type DagInput,
  type NodeInput,
  PlanError,
  type ValidationError,
} from '@tenuto/contract';
import type { PriceStore } from '@tenuto/engine';

/** A model that is named, and where. */
export interface NamedModel {
  readonly model: string;
  /** JSON pointer into the body. */
  readonly path: string;
}

/**
 * A budget cannot be kept for calls that nobody knows the price of.
 * @throws PlanError 422 that names each model without a price
 */
export async function refuseUnpriced(
  prices: Pick<PriceStore, 'unpriced'>,
  named: readonly NamedModel[],
): Promise<void> {
  if (named.length === 0) return;
  const unpriced = new Set(await prices.unpriced([...new Set(named.map(({ model }) => model))]));
  const errors: readonly ValidationError[] = named
    .filter(({ model }) => unpriced.has(model))
    .map(({ model, path }) => ({
      path,
      message: `names ${model}, of which no price is known: add one (POST /prices), or take the budget away`,
    }));
  const [first] = errors;
  if (first !== undefined) throw new PlanError(`${first.path} ${first.message}.`, errors);
}

/**
 * The models that the agents of a graph name, and the one that a budget degrades to.
 * @param unnamed the model of agents that name none; without it they are left out
 */
export function modelsNamed(
  { nodes }: Pick<DagInput, 'nodes'>,
  budget?: Budget,
  unnamed?: string,
): readonly NamedModel[] {
  const named = nodes.flatMap((node, i) => modelsOf(node, `/dag_definition/nodes/${i}`, unnamed));
  const { degrade_to: model } = budget ?? {};
  return model === undefined ? named : [...named, { model, path: '/budget/degrade_to' }];
}

const AGENT = 'agent.run';

function modelsOf(node: NodeInput, path: string, unnamed: string | undefined): NamedModel[] {
  const below = (node.children ?? []).flatMap((child, i) =>
    modelsOf(child, `${path}/children/${i}`, unnamed),
  );
  if ((node.uses ?? node.action_type) !== AGENT) return below;
  const field = node.with === undefined ? 'action_parameters' : 'with';
  const parameters = node.with ?? node.action_parameters ?? {};
  const subAgents = Array.isArray(parameters.sub_agents) ? parameters.sub_agents : [];
  const own =
    unnamed === undefined || parameters.model !== undefined
      ? parameters
      : { ...parameters, model: unnamed };
  const agents: [unknown, string][] = [[own, `${path}/${field}`]];
  for (const [i, agent] of subAgents.entries())
    agents.push([agent, `${path}/${field}/sub_agents/${i}`]);
  return [...agents.flatMap(([agent, at]) => modelOf(agent, at)), ...below];
}

/** What an expression makes of it is known only when the node runs. */
function modelOf(agent: unknown, path: string): NamedModel[] {
  if (typeof agent !== 'object' || agent === null || !('model' in agent)) return [];
  const { model } = agent;
  if (typeof model !== 'string' || model.includes('${')) return [];
  return [{ model, path: `${path}/model` }];
}
