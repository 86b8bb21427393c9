import type { Json, JsonObject, NodeInput } from '@tenuto/contract';
import { ExpressionError } from '@tenuto/contract';
import {
  compileExpression,
  compileTemplate,
  type Expression,
  type References,
  type Scope,
} from '../expression/index.ts';
import { type RetryPolicy, resolveRetryPolicy } from '../retry/index.ts';
import { type FlatNodes, isGroup, typeOf } from './flatten.ts';
import type { NodeSpec } from './plan.ts';
import type { Problems } from './problems.ts';

/** The action of a node that names none, by type. */
const DEFAULT_ACTIONS: Partial<Record<string, string>> = {
  test_case: 'test.run',
  test_suite: 'test.run',
  notification: 'notify.webhook',
};
const NO_ACTION = new Set(['condition', 'checkpoint', 'parallel_group', 'sequential_group']);
const DEFAULT_PRIORITY = 5;
const DEFAULT_GRACE_SECONDS = 10;
/** What every expression of a graph may name. `secrets` and `event` come in with their doors. */
const VARIABLES = ['params', 'steps', 'nodes', 'parents', 'run', 'now'];

export interface SpecContext {
  readonly flat: FlatNodes;
  readonly defaultRetry: RetryPolicy;
  /** What is wrong with an action's name, if anything. */
  readonly checkAction: (uses: string) => string | undefined;
  readonly problems: Problems;
}

/** The specs of all nodes, and what their expressions read. */
export interface Specs {
  readonly specs: readonly NodeSpec[];
  readonly references: readonly { readonly node: number; readonly read: References }[];
}

/** Compiles each node's rules; nodes written alike share one spec. */
export function compileSpecs(context: SpecContext): Specs {
  const { flat } = context;
  const scopes = scopesOf(flat);
  const interned = new Map<string, { spec: NodeSpec; reads: readonly References[] }>();
  const references: { node: number; read: References }[] = [];
  const specs = flat.inputs.map((node, index) => {
    const around = enclosing(flat, index);
    const { id: _id, name: _n, parent_nodes: _p, needs: _e, children: _c, ...rest } = node;
    const key = `${around.join()}|${JSON.stringify(rest)}`;
    let entry = interned.get(key);
    if (entry === undefined) {
      const reads: References[] = [];
      entry = { spec: compileSpec(context, index, scopes(index, around), reads), reads };
      interned.set(key, entry);
    }
    for (const read of entry.reads) references.push({ node: index, read });
    return entry.spec;
  });
  return { specs, references };
}

/** The for_each groups around a node, innermost first. */
function enclosing(flat: FlatNodes, index: number): number[] {
  const around: number[] = [];
  for (let at = flat.groups[index] ?? -1; at >= 0; at = flat.groups[at] ?? -1) {
    if (flat.inputs[at]?.for_each !== undefined) around.push(at);
  }
  return around;
}

function itemNameOf(group: NodeInput | undefined): string {
  return group?.item_name ?? 'item';
}

/** Names in scope: every node outside for_each groups, and those of the groups one stands in. */
function scopesOf(flat: FlatNodes): (index: number, around: readonly number[]) => Scope {
  const namesIn = (group: number, from: number, to: number) => {
    const names: string[] = [];
    for (let i = from; i < to; i += 1) {
      if (flat.patternOf[i] !== group) continue;
      const node = flat.inputs[i];
      if (node !== undefined)
        names.push(node.id, ...(node.save_as === undefined ? [] : [node.save_as]));
    }
    return names;
  };
  const top = new Set(namesIn(-1, 0, flat.inputs.length));
  const cache = new Map<string, Scope>();
  return (_index, around) => {
    const key = around.join();
    const known = cache.get(key);
    if (known !== undefined) return known;
    const names = around.length === 0 ? top : new Set(top);
    const variables = new Set(VARIABLES);
    for (const group of around) {
      for (const name of namesIn(group, group + 1, flat.subtreeEnd[group] ?? 0)) names.add(name);
      variables.add('item').add('index').add(itemNameOf(flat.inputs[group]));
    }
    const scope: Scope = { steps: names, nodes: names, variables };
    cache.set(key, scope);
    return scope;
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
    return attempt(context.problems, `${path}/${field}`, () => {
      const compiled = compileExpression(source, scope);
      reads.push(compiled.references);
      return compiled;
    });
  };
  const parameters = actionParameters(context, node, path);
  const template = attempt(context.problems, `${path}/with`, () =>
    compileTemplate(parameters, scope),
  );
  if (template !== undefined && !template.isConstant) reads.push(template.references);
  checkConditions(context, node, path);
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
    retry: resolveRetryPolicy(node.retry, node.max_retries, context.defaultRetry),
    timeoutMs: node.timeout_seconds === undefined ? undefined : node.timeout_seconds * 1000,
    graceMs: (node.grace_seconds ?? DEFAULT_GRACE_SECONDS) * 1000,
    priority: node.priority ?? DEFAULT_PRIORITY,
    forEach: expression('for_each', node.for_each),
    itemName: itemNameOf(node),
    maxParallel:
      node.type === 'sequential_group'
        ? 1
        : (node.max_parallel_instances ?? Number.POSITIVE_INFINITY),
  };
}

/** Runs one compilation; an ExpressionError becomes a problem at `path`. */
function attempt<T>(problems: Problems, path: string, compile: () => T): T | undefined {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const [first] = error.validationErrors;
    problems.add(path + (first?.path ?? ''), error.message, first?.value);
    return undefined;
  }
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
  if (isGroup(node) && node.item_name !== undefined && node.for_each === undefined) {
    context.problems.add(`${path}/item_name`, `item_name goes with for_each.`);
  }
}
