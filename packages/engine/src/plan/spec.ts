import type { Json, JsonObject, NodeInput } from '@tenuto/contract';
import {
  compileExpression,
  compileTemplate,
  type Expression,
  type References,
  type Scope,
} from '../expression/index.ts';
import { type FlatNodes, typeOf } from './flatten.ts';
import { nodeRetry } from './node-retry.ts';
import type { NodeSpec } from './plan.ts';
import { compileRecovery } from './recovery-spec.ts';
import { attempt, type SpecContext } from './spec-context.ts';

/** The action of a node that names none, by type. */
const DEFAULT_ACTIONS: Partial<Record<string, string>> = {
  test_case: 'test.run',
  test_suite: 'test.run',
  notification: 'notify.webhook',
};
const NO_ACTION = new Set(['condition', 'checkpoint', 'parallel_group', 'sequential_group']);
const DEFAULT_PRIORITY = 5;
const DEFAULT_GRACE_SECONDS = 10;
/** What every expression of a graph may name. `secrets` comes in with its door. */
const VARIABLES = ['params', 'steps', 'nodes', 'parents', 'run', 'now'];
/** The same of the graph of a task. */
const TASK_VARIABLES = [...VARIABLES, 'task', 'event'];
/** No item may be called so. */
const RESERVED_NAMES = new Set([...VARIABLES, 'index', 'event', 'task', 'secrets']);

/** The specs of all nodes, and what their expressions read. */
export interface Specs {
  readonly specs: readonly NodeSpec[];
  readonly references: readonly { readonly node: number; readonly read: References }[];
}

/** Compiles each node's rules; nodes written alike share one spec. */
export function compileSpecs(context: SpecContext): Specs {
  const { flat, problems } = context;
  const scopeOf = scopes(flat, context.door === 'task' ? TASK_VARIABLES : VARIABLES);
  const interned = new Map<string, { spec: NodeSpec; reads: readonly References[] }>();
  const references: { node: number; read: References }[] = [];
  const specs = flat.inputs.map((node, index) => {
    const around = enclosing(flat, index);
    const key = `${around.join()}|${rulesText(node)}`;
    let entry = interned.get(key);
    if (entry === undefined) {
      const reads: References[] = [];
      const before = problems.count;
      entry = { spec: compileSpec(context, index, scopeOf(around), reads), reads };
      // What is wrong is said of each node that is written so.
      if (problems.count === before) interned.set(key, entry);
    }
    for (const read of entry.reads) references.push({ node: index, read });
    return entry.spec;
  });
  return { specs, references };
}

/** What of a node goes into its spec, as text. */
function rulesText(node: NodeInput): string {
  const { id: _id, name: _n, description: _d, tags: _t, metadata: _m, save_as: _s, ...rest } = node;
  const { parent_nodes: _p, needs: _e, children: _c, ...rules } = rest;
  return JSON.stringify(rules);
}

/** The for_each groups around a node, innermost first. */
function enclosing(flat: FlatNodes, index: number): number[] {
  const around: number[] = [];
  for (let at = flat.patternOf[index] ?? -1; at >= 0; at = flat.patternOf[at] ?? -1) {
    around.push(at);
  }
  return around;
}

function itemNameOf(group: NodeInput | undefined): string {
  return group?.item_name ?? 'item';
}

/**
 * Names in scope: every node outside for_each groups, and those of the groups one stands in. One
 * set for all: nodes come in preorder, so the names of a group are added when it is entered and
 * taken away when it is left.
 */
function scopes(flat: FlatNodes, known: readonly string[]): (around: readonly number[]) => Scope {
  const names = new Set<string>();
  const add = (group: number, from: number, to: number): string[] => {
    const added: string[] = [];
    for (let i = from; i < to; i += 1) {
      const node = flat.inputs[i];
      if (node === undefined || flat.patternOf[i] !== group) continue;
      for (const name of [node.id, node.save_as]) {
        if (name === undefined || names.has(name)) continue;
        names.add(name);
        added.push(name);
      }
    }
    return added;
  };
  add(-1, 0, flat.inputs.length);
  const entered: { readonly group: number; readonly added: readonly string[] }[] = [];
  return (around) => {
    while (entered.length > 0 && !around.includes(entered.at(-1)?.group ?? -1)) {
      for (const name of entered.pop()?.added ?? []) names.delete(name);
    }
    const variables = new Set(known);
    for (const group of around.toReversed()) {
      variables.add('item').add('index').add(itemNameOf(flat.inputs[group]));
      if (entered.some((known) => known.group === group)) continue;
      entered.push({ group, added: add(group, group + 1, flat.subtreeEnd[group] ?? 0) });
    }
    return { steps: names, nodes: names, variables };
  };
}

function compileSpec(
  context: SpecContext,
  index: number,
  scope: Scope,
  reads: References[],
): NodeSpec {
  const node = context.flat.inputs[index] as NodeInput;
  const path = context.flat.paths[index] ?? '';
  const expression = (field: string, source: string | undefined): Expression | undefined => {
    if (source === undefined) return undefined;
    return attempt(context, index, field, () => {
      const compiled = compileExpression(source, scope);
      reads.push(compiled.references);
      return compiled;
    });
  };
  const parameters = actionParameters(context, node, path);
  const template = attempt(context, index, 'with', () => compileTemplate(parameters, scope));
  if (template !== undefined && !template.isConstant) reads.push(template.references);
  checkConditions(context, node, path);
  const retry = nodeRetry(context, node, path);
  return {
    type: typeOf(node),
    uses: actionName(context, node, path),
    with: template ?? compileTemplate({}, scope),
    guard:
      typeof node.if === 'string'
        ? expression('if', node.if)
        : node.if === false
          ? false
          : undefined,
    condition: expression('condition_expression', node.condition_expression),
    dependency: node.dependency_condition ?? 'all',
    skipOnFailure: node.skip_on_failure ?? false,
    allowFailure: node.allow_failure ?? (node.type === 'notification' && node.critical !== true),
    ...retry,
    timeoutMs: node.timeout_seconds === undefined ? undefined : node.timeout_seconds * 1000,
    graceMs: (node.grace_seconds ?? DEFAULT_GRACE_SECONDS) * 1000,
    ...compileRecovery(context, { node, index, path, scope, reads, retry: retry.retry }),
    priority: node.priority ?? DEFAULT_PRIORITY,
    forEach: expression('for_each', node.for_each),
    itemName: itemNameOf(node),
    maxParallel:
      node.type === 'sequential_group'
        ? 1
        : (node.max_parallel_instances ?? Number.POSITIVE_INFINITY),
    testCase:
      node.type === 'test_case'
        ? { suite: node.test_suite_id ?? '', name: node.test_case_id }
        : undefined,
  };
}

function actionParameters(context: SpecContext, node: NodeInput, path: string): JsonObject {
  if (node.with !== undefined && node.action_parameters !== undefined) {
    context.problems.add(
      path,
      `"${node.id}" has both with and action_parameters; they are two names of one field.`,
    );
  }
  const { expression, ...others } = (node.with ??
    node.action_parameters ??
    {}) as Json as JsonObject;
  if ((node.uses ?? node.action_type) !== 'transform.cel' || typeof expression !== 'string') {
    return expression === undefined ? others : { expression, ...others };
  }
  return { ...others, value: `\${${expression}}` };
}

function actionName(context: SpecContext, node: NodeInput, path: string): string | undefined {
  const type = typeOf(node);
  const written = node.uses ?? node.action_type;
  if (node.uses !== undefined && node.action_type !== undefined) {
    context.problems.add(
      path,
      `"${node.id}" has both uses and action_type; they are two names of one field.`,
    );
  }
  if (NO_ACTION.has(type)) {
    if (written !== undefined)
      context.problems.add(
        `${path}/uses`,
        `A ${type} does no work of its own; take uses away from "${node.id}".`,
      );
    refuseWorkFields(context, node, path);
    return undefined;
  }
  const uses = written ?? DEFAULT_ACTIONS[type];
  if (uses === undefined) {
    context.problems.add(path, `"${node.id}" does not say what it does; give it uses.`);
    return undefined;
  }
  const wrong = context.checkAction(uses);
  if (wrong !== undefined) context.problems.add(`${path}/uses`, wrong, uses);
  return uses;
}

/** What only attempts can have. */
function refuseWorkFields({ problems }: SpecContext, node: NodeInput, path: string): void {
  for (const field of ['timeout_seconds', 'heartbeat_seconds'] as const) {
    if (node[field] === undefined) continue;
    problems.add(
      `${path}/${field}`,
      `A ${typeOf(node)} has no attempts to time; give the nodes that work in or after "${node.id}" their timeouts.`,
    );
  }
  for (const field of ['fallback', 'rollback', 'on_ambiguous', 'circuit_key'] as const) {
    if (node[field] === undefined) continue;
    problems.add(
      `${path}/${field}`,
      `A ${typeOf(node)} does no work of its own; give the nodes that do their ${field}.`,
    );
  }
}

function checkConditions(context: SpecContext, node: NodeInput, path: string): void {
  const needed = node.type === 'condition' || node.dependency_condition === 'conditional';
  if (needed && node.condition_expression === undefined) {
    context.problems.add(path, `"${node.id}" needs a condition_expression.`);
  }
  if (!needed && node.condition_expression !== undefined) {
    context.problems.add(
      `${path}/condition_expression`,
      `"${node.id}" is no condition and does not depend conditionally; use if.`,
    );
  }
  if (node.type === 'condition' && node.dependency_condition === 'conditional') {
    context.problems.add(
      `${path}/dependency_condition`,
      `The condition "${node.id}" cannot also depend conditionally: it has one condition_expression. Use if.`,
    );
  }
  checkItemName(context, node, path);
}

function checkItemName({ problems }: SpecContext, node: NodeInput, path: string): void {
  const name = node.item_name;
  if (name === undefined) return;
  if (node.for_each === undefined) {
    problems.add(`${path}/item_name`, `"${node.id}" has an item_name, which goes with for_each.`);
  }
  if (RESERVED_NAMES.has(name)) {
    problems.add(
      `${path}/item_name`,
      `The items of "${node.id}" cannot be called "${name}", which is a variable of its own.`,
      name,
    );
  }
}
