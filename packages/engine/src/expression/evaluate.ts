/** Walks a checked syntax tree. Every node visited is paid for, so that all of it ends. */
import type { Json } from '@tenuto/contract';
import { COMPREHENSIONS, type Loop } from './comprehension.ts';
import { type Evaluation, FAILURE_STEPS, Failure, spend } from './evaluation.ts';
import { FUNCTIONS, METHODS } from './functions.ts';
import { OPERATORS } from './operators.ts';
import { accepts, type Overload } from './overload.ts';
import type { Node, NodeOf } from './syntax.ts';
import {
  aKind,
  asKey,
  elementAt,
  isList,
  isMap,
  keysOf,
  kindOf,
  lift,
  lookUp,
  type MapKey,
  makeList,
  type Value,
} from './values.ts';

/** Values of the variables, as JSON; timestamps may be dates, and `now` milliseconds too. */
export interface Bindings {
  readonly now?: Date | number;
  readonly [variable: string]: Json | Date | undefined;
}

/** The variables of the comprehensions around, innermost first. */
interface Local {
  readonly name: string;
  readonly value: Value;
  readonly outer: Local | undefined;
}

interface Context {
  readonly bindings: Bindings;
  readonly evaluation: Evaluation;
  readonly local: Local | undefined;
}

/** Evaluates a syntax tree that passed the check; throws Failure. */
export function evaluateSyntax(node: Node, bindings: Bindings, evaluation: Evaluation): Value {
  return visit(node, { bindings, evaluation, local: undefined });
}

function visit(node: Node, context: Context): Value {
  spend(context.evaluation, 1);
  switch (node.op) {
    case 'value':
      return literalValue(node);
    case 'id':
      return variableValue(node, context);
    case '.':
      return select(node, visit(node.args[0], context), node.args[1], context);
    case '[]':
      return select(node, visit(node.args[0], context), visit(node.args[1], context), context);
    case 'call':
      return callValue(node, context);
    case 'rcall':
      return methodValue(node, context);
    case 'list':
      return makeList(node.args.map((item) => visit(item, context)));
    case 'map':
      return mapValue(node, context);
    case '?:':
      return visit(isTrue(node.args[0], context) ? node.args[1] : node.args[2], context);
    case '||':
      return either(node, true, context);
    case '&&':
      return either(node, false, context);
    case '!_':
    case '-_':
      return applied(node, OPERATORS.get(node.op), [visit(node.args, context)], context);
    case '.?':
    case '[?]':
      throw new Failure('optional access is not supported');
    default: {
      const operands = [visit(node.args[0], context), visit(node.args[1], context)];
      return applied(node, OPERATORS.get(node.op), operands, context);
    }
  }
}

function literalValue(node: NodeOf<'value'>): Value {
  const literal = node.args;
  if (typeof literal !== 'object' || literal === null || literal instanceof Uint8Array) {
    return literal;
  }
  throw new Failure('unsigned integers are not supported');
}

function variableValue(node: NodeOf<'id'>, { bindings, evaluation, local }: Context): Value {
  const name = node.args;
  for (let known = local; known !== undefined; known = known.outer) {
    if (known.name === name) return known.value;
  }
  const bound = Object.hasOwn(bindings, name) ? bindings[name] : undefined;
  if (bound === undefined) throw failure(node, `${name} has no value here`, evaluation);
  return name === 'now' && typeof bound === 'number' ? new Date(bound) : lift(bound);
}

function failure(node: Node, message: string, evaluation: Evaluation): Failure {
  evaluation.at = node.pos;
  return new Failure(message);
}

/** Reads a field or element; what is not there is an error, as CEL has it. */
function select(node: Node, owner: Value, index: Value, { evaluation }: Context): Value {
  if (isList(owner)) {
    const at = asKey(index);
    if (typeof at !== 'bigint') throw failure(node, 'a list is indexed by an int', evaluation);
    if (at < 0n || at >= BigInt(owner.length)) {
      throw failure(node, `there is no element ${at} in a list of ${owner.length}`, evaluation);
    }
    return elementAt(owner, Number(at));
  }
  const found = fieldOf(node, owner, index, evaluation);
  if (found === undefined) throw failure(node, `there is no key${shown(node)}`, evaluation);
  return found;
}

function fieldOf(node: Node, owner: Value, index: Value, evaluation: Evaluation) {
  if (!isMap(owner)) {
    throw failure(node, `${aKind(kindOf(owner))} has no key${shown(node)}`, evaluation);
  }
  const key = asKey(index);
  return key === undefined ? undefined : lookUp(owner, key);
}

/** Shows a key that stands in the source; a computed one may be a secret. */
function shown(node: Node): string {
  const key = node.op === '.' ? node.args[1] : selectedKey(node);
  return key === undefined ? '' : ` ${JSON.stringify(key)}`;
}

function selectedKey(node: Node): string | undefined {
  const index = node.op === '[]' ? node.args[1] : undefined;
  return index?.op === 'value' && typeof index.args === 'string' ? index.args : undefined;
}

function mapValue(node: NodeOf<'map'>, context: Context): Value {
  const map = new Map<MapKey, Value>();
  for (const [keyNode, valueNode] of node.args) {
    const key = asKey(visit(keyNode, context));
    if (key === undefined) {
      throw failure(keyNode, 'a key is a string, an int or a bool', context.evaluation);
    }
    if (map.has(key)) throw failure(keyNode, 'the map has this key twice', context.evaluation);
    map.set(key, visit(valueNode, context));
  }
  return map;
}

function isTrue(node: Node, context: Context): boolean {
  const value = visit(node, context);
  if (typeof value === 'boolean') return value;
  throw failure(node, `a condition is a bool, not ${aKind(kindOf(value))}`, context.evaluation);
}

/** Evaluates a test whose failure another one may outweigh; limits are not outweighed. */
function attempt(node: Node, context: Context): boolean | Failure {
  try {
    return isTrue(node, context);
  } catch (error) {
    if (!(error instanceof Failure) || error.fatal) throw error;
    error.at ??= context.evaluation.at;
    spend(context.evaluation, FAILURE_STEPS);
    return error;
  }
}

/** `||` and `&&`: a side that decides makes up for a failure of the other. */
function either(node: NodeOf<'||' | '&&'>, decisive: boolean, context: Context): boolean {
  const left = attempt(node.args[0], context);
  if (left === decisive) return decisive;
  const right = isTrue(node.args[1], context);
  if (right === decisive || left === !decisive) return right;
  throw left;
}

function callValue(node: NodeOf<'call'>, context: Context): Value {
  const [name, args] = node.args;
  const [tested] = args;
  if (name === 'has' && tested?.op === '.') {
    const [owner, field] = tested.args;
    const held = fieldOf(tested, visit(owner, context), field, context.evaluation);
    return held !== undefined;
  }
  const values = args.map((arg) => visit(arg, context));
  return applied(node, FUNCTIONS.get(name), values, context);
}

function methodValue(node: NodeOf<'rcall'>, context: Context): Value {
  const [name, receiver, args] = node.args;
  const owner = visit(receiver, context);
  const comprehension = COMPREHENSIONS.get(name);
  if (comprehension !== undefined) return comprehension(loopOf(node, owner, context));
  const values = [owner, ...args.map((arg) => visit(arg, context))];
  return applied(node, METHODS.get(name), values, context);
}

function loopOf(node: NodeOf<'rcall'>, range: Value, context: Context): Loop {
  const [name, , [variable, first, second]] = node.args;
  if (variable?.op !== 'id' || first === undefined) throw new Failure(`${name}() is incomplete`);
  if (!isList(range) && !isMap(range)) {
    const message = `${name}() goes over a list or a map, not ${aKind(kindOf(range))}`;
    throw failure(node, message, context.evaluation);
  }
  const items = isList(range) ? range : makeList([...keysOf(range, context.evaluation)]);
  const at = (index: number): Context => {
    const local = { name: variable.args, value: elementAt(items, index), outer: context.local };
    return { ...context, local };
  };
  return {
    size: items.length,
    isFiltered: second !== undefined,
    item: (index) => elementAt(items, index),
    test: (index) => isTrue(first, at(index)),
    attempt: (index) => attempt(first, at(index)),
    value: (index) => visit(second ?? first, at(index)),
  };
}

/** Picks the overload for the kinds at hand and runs it. */
function applied(
  node: Node,
  overloads: readonly Overload[] | undefined,
  values: readonly Value[],
  { evaluation }: Context,
): Value {
  const kinds = values.map(kindOf);
  const chosen = overloads?.find((candidate) => accepts(candidate, kinds));
  evaluation.at = node.pos;
  if (chosen !== undefined) return chosen.run(values, evaluation);
  const name = node.op === 'rcall' || node.op === 'call' ? node.args[0] : node.op.replace('_', '');
  throw new Failure(`${name} cannot be used with ${kinds.join(' and ')}`);
}
