/** A plan with other parameters, actions or limits in some nodes: the shape stays as it is. */
import type { DagInput, JsonObject, NodeInput, ValidationError } from '@tenuto/contract';
import { canonicalJson, PlanError } from '@tenuto/contract';
import type { References } from '../expression/index.ts';
import { type CompileOptions, compileDocument, documentOf } from './compile.ts';
import type { NodeSpec, Plan } from './plan.ts';

/** What becomes of one node; what is absent stays. */
export interface NodeChange {
  readonly uses?: string;
  /** In place of all parameters that it had. */
  readonly with?: JsonObject;
  /** Parameters that are put among the others. */
  readonly prompt?: string;
  readonly model?: string;
  readonly timeout_seconds?: number;
  readonly max_retries?: number;
}

export interface ChangedPlan {
  readonly plan: Plan;
  /** Ids of the nodes that are not what they were. */
  readonly changed: ReadonlySet<string>;
}

/** The graph that a plan was made of, for those who ask about its actions. */
export function graphOf(plan: Plan): DagInput {
  return documentOf(plan.document);
}

/**
 * Makes a plan of another one. Nodes have the same indexes in both.
 * @param changes by node id; those that change nothing are no changes
 * @throws PlanError for ids that the plan does not have, and for what does not compile; paths begin
 *   with `/nodes/<id>`
 */
export function changePlan(
  plan: Plan,
  changes: Readonly<Record<string, NodeChange>>,
  checks: Pick<CompileOptions, 'checkAction' | 'checkSecrets'> = {},
): ChangedPlan {
  const wanted = new Map(Object.entries(changes));
  refuseUnknown(plan, wanted);
  if (wanted.size === 0) return { plan, changed: new Set() };
  const document = documentOf(plan.document);
  const changed = new Set<string>();
  const nodes = document.nodes.map((node) => changeNode(node, wanted, changed));
  if (changed.size === 0) return { plan, changed };
  try {
    return { plan: compileDocument({ ...document, nodes }, checks), changed };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    const found = error.validationErrors.map((one) => ({ ...one, path: placeOf(nodes, one.path) }));
    throw new PlanError(error.message, found);
  }
}

function refuseUnknown(plan: Plan, wanted: ReadonlyMap<string, NodeChange>): void {
  const known = new Set(plan.ids);
  const problems: ValidationError[] = [...wanted.keys()]
    .filter((id) => !known.has(id))
    .map((id) => ({ path: `/nodes/${escaped(id)}`, message: 'is no node of the plan', value: id }));
  const [first] = problems;
  if (first === undefined) return;
  throw new PlanError(`The plan has no node "${first.value}"; name one that it has.`, problems);
}

function changeNode(
  node: NodeInput,
  wanted: ReadonlyMap<string, NodeChange>,
  changed: Set<string>,
): NodeInput {
  const children = node.children?.map((child) => changeNode(child, wanted, changed));
  const within = children === undefined ? node : { ...node, children };
  const change = wanted.get(node.id);
  if (change === undefined) return within;
  if (children !== undefined) {
    const message = `"${node.id}" is a group: change the nodes in it.`;
    throw new PlanError(message, [{ path: `/nodes/${escaped(node.id)}`, message }]);
  }
  const after = changedNode(within, change);
  if (canonicalJson(after) !== canonicalJson(within)) changed.add(node.id);
  return after;
}

function changedNode(node: NodeInput, change: NodeChange): NodeInput {
  const { action_type: type, action_parameters: parameters, ...rest } = node;
  const uses = change.uses ?? node.uses ?? type;
  const before = node.with ?? parameters;
  const { prompt, model } = change;
  const named = { ...(prompt !== undefined && { prompt }), ...(model !== undefined && { model }) };
  const given = change.with ?? before;
  const after =
    given === undefined && Object.keys(named).length === 0 ? undefined : { ...given, ...named };
  return {
    ...rest,
    ...(uses !== undefined && { uses }),
    ...(after !== undefined && { with: after }),
    ...(change.timeout_seconds !== undefined && { timeout_seconds: change.timeout_seconds }),
    ...(change.max_retries !== undefined && { max_retries: change.max_retries }),
  };
}

/** From a place in the graph to one by the node's id. */
function placeOf(nodes: readonly NodeInput[], path: string): string {
  const [, , ...steps] = path.split('/');
  let here: NodeInput | undefined;
  let list: readonly NodeInput[] = nodes;
  while (steps.length > 0) {
    const next = list[Number(steps[0])];
    if (next === undefined) break;
    here = next;
    steps.shift();
    if (steps[0] !== 'children') break;
    steps.shift();
    list = here.children ?? [];
  }
  if (here === undefined) return path;
  return ['', 'nodes', escaped(here.id), ...steps].join('/');
}

/** A name as a part of a JSON Pointer. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

const READS_PARAMS = /\bparams\b/g;
/** The name after it, in the text of JSON: quotes inside strings are escaped there. */
const NAMED = /^\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*(?:\\"((?:[^"\\])*)\\"|'([^'\\]*)')\s*\])/;

/**
 * The nodes that may read one of the parameters of the run: by what is written in them, and where a
 * whole map or a computed name is read, any of them.
 */
export function readersOf(plan: Plan, names: ReadonlySet<string>): Set<string> {
  const readers = new Set<string>();
  if (names.size === 0) return readers;
  const any = readersOfVariable(plan, 'params');
  const visit = ({ children = [], ...own }: NodeInput) => {
    if (any.has(own.id) && mayRead(JSON.stringify(own), names)) readers.add(own.id);
    children.forEach(visit);
  };
  documentOf(plan.document).nodes.forEach(visit);
  return readers;
}

/** The nodes whose expressions name a variable: `params`, `run`. */
export function readersOfVariable(plan: Plan, variable: string): Set<string> {
  const reads = (spec: NodeSpec) =>
    referencesOf(spec).some(({ variables }) => variables.has(variable));
  return new Set(
    plan.ids.filter((_, i) => {
      const spec = plan.specs[i];
      return spec !== undefined && reads(spec);
    }),
  );
}

/** What the expressions of a node name, one after the other. */
export function referencesOf(spec: NodeSpec): References[] {
  const { guard, condition, forEach, circuitKey, fallback, rollback, probe } = spec;
  const sides = [fallback, rollback, probe].map((side) => side?.with);
  const all = [spec.with, guard, condition, forEach, circuitKey, ...sides];
  return all.flatMap((one) => (one === undefined || one === false ? [] : [one.references]));
}

function mayRead(text: string, names: ReadonlySet<string>): boolean {
  for (const { index } of text.matchAll(READS_PARAMS)) {
    const found = NAMED.exec(text.slice(index + 'params'.length, index + 300));
    const name = found?.[1] ?? found?.[2] ?? found?.[3];
    if (name === undefined || names.has(name)) return true;
  }
  return false;
}
