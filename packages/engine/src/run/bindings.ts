import {
  ExpressionError,
  type Json,
  type JsonObject,
  LIMITS,
  type NodeStatus,
} from '@tenuto/contract';
import type { Bindings, Expression, References } from '../expression/index.ts';
import { templateOf } from './round.ts';
import {
  attemptOf,
  blockOf,
  idOf,
  isTerminal,
  patternOf,
  type RunState,
  specOf,
  statusOf,
} from './state.ts';

/**
 * Evaluates an expression where a node stands.
 * @throws ExpressionError when it fails, or when there is none.
 */
export function evaluateAt(run: RunState, node: number, expression: Expression | undefined): Json {
  if (expression === undefined) throw new ExpressionError('There is no expression to evaluate.');
  return expression.evaluate(bindingsAt(run, node, expression.references, run.now));
}

/** What stands for a secret wherever its value has no business. */
export const HIDDEN = '***';

/**
 * The parameters of a node's action with every template resolved, as of `now` (ms).
 * @param secrets values by name; absent, {@link HIDDEN} stands for each
 */
export function parametersOf(
  run: RunState,
  node: number,
  now: number,
  secrets?: ReadonlyMap<string, string>,
): JsonObject {
  const template = templateOf(run, node);
  if (template === undefined)
    throw new ExpressionError('There is no action to give parameters to.');
  if (template.isConstant) return template.resolve({}) as JsonObject;
  const { references } = template;
  const bindings = bindingsAt(run, node, references, now);
  if (references.secrets.size === 0) return template.resolve(bindings) as JsonObject;
  const values = secretsOf(references.secrets, (name) => secrets?.get(name) ?? HIDDEN);
  return template.resolve({ ...bindings, secrets: values }) as JsonObject;
}

/** The names of the secrets that the parameters of a node's action read. */
export function secretNamesOf(run: RunState, node: number): ReadonlySet<string> {
  return templateOf(run, node)?.references.secrets ?? NO_NAMES;
}

const NO_NAMES: ReadonlySet<string> = new Set();

function secretsOf(names: ReadonlySet<string>, read: (name: string) => string): JsonObject {
  const secrets: Record<string, Json> = Object.create(null);
  for (const name of names) secrets[name] = read(name);
  return secrets;
}

/**
 * The key of the circuit that guards a node: what the node names, else its action and the host that
 * its parameters name. Fit to be stored, whatever a template yields.
 * @throws ExpressionError when the key, or the parameters, cannot be had
 */
export function circuitKeyOf(run: RunState, node: number, now: number): string {
  const key = namedCircuit(run, node, now) || targetOf(run, node, now);
  return key.replaceAll('\0', '\uFFFD').slice(0, LIMITS.circuitKeyChars).toWellFormed();
}

function namedCircuit(run: RunState, node: number, now: number): string | undefined {
  const { circuitKey: template } = specOf(run, node);
  if (template === undefined) return undefined;
  const bindings = template.isConstant ? {} : bindingsAt(run, node, template.references, now);
  const { key } = template.resolve(bindings) as JsonObject;
  return typeof key === 'string' ? key : JSON.stringify(key);
}

function targetOf(run: RunState, node: number, now: number): string {
  const { uses = '' } = specOf(run, node);
  // What a hidden value does not fit into says nothing of the host.
  if (secretNamesOf(run, node).size > 0 && unfit(run, node, now)) return uses;
  const host = hostOf(parametersOf(run, node, now).url);
  return host === undefined ? uses : `${uses}:${host}`;
}

function unfit(run: RunState, node: number, now: number): boolean {
  try {
    parametersOf(run, node, now);
    return false;
  } catch {
    return true;
  }
}

function hostOf(url: Json | undefined): string | undefined {
  return typeof url === 'string' ? URL.parse(url)?.host : undefined;
}

/** Only what is referenced is gathered: a plan may have a million nodes. */
function bindingsAt(run: RunState, node: number, read: References, now: number): Bindings {
  const bindings: Record<string, Json | Date | undefined> = Object.create(null);
  const { variables } = read;
  if (variables.has('now')) bindings.now = new Date(now);
  if (variables.has('params')) bindings.params = run.input.params;
  if (variables.has('run')) bindings.run = runFacts(run);
  if (variables.has('task')) bindings.task = run.input.task ?? {};
  if (variables.has('event')) bindings.event = run.input.event ?? null;
  if (variables.has('steps')) {
    bindings.steps = mapOf(run, node, read.steps, (found) => run.outputs.get(found));
  }
  if (variables.has('nodes')) {
    bindings.nodes = mapOf(run, node, read.nodes, (found) => nodeFacts(run, found));
  }
  if (variables.has('parents')) bindings.parents = parentsOf(run, node);
  bindItems(run, node, bindings);
  return bindings;
}

function bindItems(
  run: RunState,
  node: number,
  bindings: Record<string, Json | Date | undefined>,
): void {
  const bind = (name: string, value: Json) => {
    if (!(name in bindings)) bindings[name] = value;
  };
  for (let block = blockOf(run, node); block !== undefined; block = blockOf(run, block.owner)) {
    bind(block.itemName, block.item);
    bind('item', block.item);
    bind('index', block.index);
  }
}

function runFacts(run: RunState): JsonObject {
  return {
    id: run.id,
    name: run.facts.name,
    status: run.status,
    created_at: new Date(run.facts.createdAt).toISOString(),
  };
}

/** A null-prototype map from names to what `read` finds; names without a value are left out. */
function mapOf(
  run: RunState,
  node: number,
  names: ReadonlySet<string> | 'all',
  read: (node: number) => Json | undefined,
): JsonObject {
  const map: Record<string, Json> = Object.create(null);
  for (const name of names === 'all' ? run.plan.names.keys() : names) {
    const found = nodeNamed(run, node, name);
    const value = found === undefined ? undefined : read(found);
    if (value !== undefined) map[name] = value;
  }
  return map;
}

/** The node of that name as seen from another: in its own item first, then around it. */
export function nodeNamed(run: RunState, from: number, name: string): number | undefined {
  const pattern = run.plan.names.get(name);
  if (pattern === undefined) return undefined;
  const group = run.plan.patterns[pattern] ?? -1;
  if (group < 0) return pattern;
  for (let block = blockOf(run, from); block !== undefined; block = blockOf(run, block.owner)) {
    if (patternOf(run, block.owner) === group) return pattern + block.offset;
  }
  return undefined;
}

function nodeFacts(run: RunState, node: number): JsonObject {
  const error = run.errors.get(node);
  const times = run.times.get(node);
  const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    status: seenStatus(run, node),
    error: error === undefined ? null : { type: error.type, message: error.message },
    attempts: Math.max(0, attemptOf(run, node) - (statusOf(run, node) === 'running' ? 1 : 0)),
    started_at: time(times?.startedAt),
    completed_at: time(isTerminal(run, node) ? times?.endedAt : undefined),
    previous: run.previous.get(node) ?? null,
  };
}

/**
 * A node's status in expressions. Starts are not journaled, so what has been released and has not
 * ended is `running`, and only attempts that were told of count: else a replay would decide
 * otherwise.
 */
function seenStatus(run: RunState, node: number): NodeStatus {
  const status = statusOf(run, node);
  return status === 'ready' || status === 'waiting' ? 'running' : status;
}

function parentsOf(run: RunState, node: number): Json {
  const { plan } = run;
  const pattern = patternOf(run, node);
  const offset = node - pattern;
  const end = plan.predecessorOffsets[pattern + 1] ?? 0;
  const parents: Json[] = [];
  for (let e = plan.predecessorOffsets[pattern] ?? 0; e < end; e += 1) {
    const parent = (plan.predecessors[e] ?? 0) + offset;
    parents.push({
      id: idOf(run, parent),
      status: seenStatus(run, parent),
      output: run.outputs.get(parent) ?? null,
    });
  }
  return parents;
}
