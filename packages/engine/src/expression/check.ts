/** What is known of an expression at submit time: names, kinds, and what it refers to. */

import { type Check, kindOfId, kindOfVariable, problem } from './check-names.ts';
import { FUNCTIONS, METHODS } from './functions.ts';
import { OPERATORS } from './operators.ts';
import { accepts, type Overload } from './overload.ts';
import { compilePattern } from './pattern.ts';
import { NODE_FIELDS, type References, type Scope, selectedId } from './scope.ts';
import { nearest } from './suggest.ts';
import { type BinaryNode, MAX_DEPTH, type Node, type NodeOf, type Problem } from './syntax.ts';
import { aKind, type Kind } from './values.ts';

const INT_LIMIT = 2n ** 63n;
const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

/** Checks a syntax tree against the names in scope; finds every problem up to ten. */
export function checkSyntax(
  node: Node,
  scope: Scope,
): { readonly references: References; readonly problems: readonly Problem[] } {
  const check: Check = {
    scope,
    problems: [],
    variables: new Set(),
    steps: new Set(),
    nodes: new Set(),
    present: new Set(),
    secrets: new Set(),
    whole: new Set(),
    locals: [],
    depth: 0,
  };
  kindOfNode(node, check);
  return {
    references: {
      steps: check.whole.has('steps') ? 'all' : check.steps,
      nodes: check.whole.has('nodes') ? 'all' : check.nodes,
      present: check.whole.has('nodes') ? 'all' : check.present,
      secrets: check.secrets,
      variables: check.variables,
    },
    problems: check.problems,
  };
}

function kindOfNode(node: Node, check: Check): Kind {
  if (++check.depth > MAX_DEPTH) {
    check.depth--;
    return problem(check, node, `it is nested deeper than ${MAX_DEPTH}`);
  }
  const kind = kindOfSyntax(node, check);
  check.depth--;
  return kind;
}

function kindOfSyntax(node: Node, check: Check): Kind {
  switch (node.op) {
    case 'value':
      return kindOfLiteral(node, check);
    case 'id':
      return kindOfVariable(node, check);
    case '.':
      return kindOfField(node, check);
    case '[]':
      return kindOfIndex(node, check);
    case 'call':
      return kindOfCall(node, check);
    case 'rcall':
      return kindOfMethod(node, check);
    case 'list':
      for (const item of node.args) kindOfNode(item, check);
      return 'list';
    case 'map':
      return kindOfMap(node, check);
    case '?:':
      return kindOfChoice(node, check);
    case '||':
    case '&&':
      for (const side of node.args) expectBool(side, check, `a side of ${node.op}`);
      return 'bool';
    case '!_':
    case '-_':
      return kindOfUnary(node, check);
    case '.?':
    case '[?]':
      return problem(check, node, 'optional access is not supported; use has()');
    default:
      return kindOfBinary(node, check);
  }
}

function kindOfLiteral(node: NodeOf<'value'>, check: Check): Kind {
  const literal = node.args;
  switch (typeof literal) {
    case 'bigint':
      if (literal >= INT_LIMIT) problem(check, node, 'the integer does not fit 64 bits');
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    default:
      if (literal === null) return 'null';
      if (literal instanceof Uint8Array) return 'bytes';
      return problem(check, node, 'unsigned integers are not supported; leave out the u');
  }
}

function kindOfField(node: NodeOf<'.'>, check: Check): Kind {
  const known = kindOfId(node, check);
  if (known !== undefined) return known;
  const [operand, field] = node.args;
  const kind = kindOfId(operand, check, field) ?? kindOfNode(operand, check);
  if (kind !== 'map' && kind !== 'dyn') {
    return problem(check, node, `${aKind(kind)} has no field ${JSON.stringify(field)}`);
  }
  const owner = selectedId(operand)?.variable.args;
  if (owner === 'nodes' && !check.locals.includes(owner) && !NODE_FIELDS.has(field)) {
    const fields = [...NODE_FIELDS].join(', ');
    return problem(check, node, `a node has no field ${JSON.stringify(field)}, only ${fields}`);
  }
  return 'dyn';
}

function kindOfIndex(node: NodeOf<'[]'>, check: Check): Kind {
  const known = kindOfId(node, check);
  if (known !== undefined) return known;
  const [operand, index] = node.args;
  const kind = kindOfNode(operand, check);
  const indexKind = kindOfNode(index, check);
  if (kind !== 'map' && kind !== 'list' && kind !== 'dyn') {
    return problem(check, node, `${aKind(kind)} cannot be indexed`);
  }
  if (kind === 'list' && indexKind !== 'int' && indexKind !== 'double' && indexKind !== 'dyn') {
    return problem(check, index, `a list is indexed by an int, not by ${aKind(indexKind)}`);
  }
  return 'dyn';
}

function kindOfCall(node: NodeOf<'call'>, check: Check): Kind {
  const [name, args] = node.args;
  if (name === 'has' && args.length === 1) {
    if (args[0]?.op !== '.') return problem(check, node, 'has() takes a field, such as has(a.b)');
    kindOfNode(args[0], check);
    return 'bool';
  }
  return kindOfOverloads(
    node,
    { name, overloads: FUNCTIONS.get(name), args, known: FUNCTIONS },
    check,
  );
}

function kindOfMethod(node: NodeOf<'rcall'>, check: Check): Kind {
  const [name, receiver, args] = node.args;
  if (COMPREHENSIONS.has(name)) return kindOfComprehension(node, check);
  const [pattern] = args;
  if (name === 'matches' && pattern?.op === 'value' && typeof pattern.args === 'string') {
    const compiled = compilePattern(pattern.args);
    if ('problem' in compiled) problem(check, pattern, compiled.problem);
  }
  const call = { name, overloads: METHODS.get(name), args: [receiver, ...args], known: METHODS };
  return kindOfOverloads(node, call, check);
}

interface Call {
  readonly name: string;
  readonly overloads: readonly Overload[] | undefined;
  readonly args: readonly Node[];
  /** Where a name that is not found is looked for. */
  readonly known: ReadonlyMap<string, unknown>;
}

function kindOfOverloads(node: Node, { name, overloads, args, known }: Call, check: Check): Kind {
  const kinds = args.map((arg) => kindOfNode(arg, check));
  if (overloads === undefined) {
    const hint = nearest(name, known.keys());
    const help = hint === undefined ? '' : `; did you mean ${hint}()?`;
    return problem(check, node, `there is no function ${JSON.stringify(name)}${help}`);
  }
  const fitting = overloads.filter((candidate) => accepts(candidate, kinds));
  const [first] = fitting;
  if (first === undefined) {
    return problem(check, node, `${name} cannot be used with ${kinds.join(' and ') || 'nothing'}`);
  }
  return fitting.every(({ result }) => result === first.result) ? first.result : 'dyn';
}

function kindOfComprehension(node: NodeOf<'rcall'>, check: Check): Kind {
  const [name, receiver, [variable, ...bodies]] = node.args;
  const kind = kindOfNode(receiver, check);
  if (kind !== 'list' && kind !== 'map' && kind !== 'dyn') {
    problem(check, node, `${name}() goes over a list or a map, not ${aKind(kind)}`);
  }
  const most = name === 'map' ? 2 : 1;
  if (variable?.op !== 'id' || bodies.length === 0 || bodies.length > most) {
    return problem(check, node, `${name}() takes a variable and an expression`);
  }
  check.locals.push(variable.args);
  const result = bodies.at(-1);
  for (const body of bodies) {
    if (name === 'map' && body === result) kindOfNode(body, check);
    else expectBool(body, check, `the test of ${name}()`);
  }
  check.locals.pop();
  return name === 'map' || name === 'filter' ? 'list' : 'bool';
}

function expectBool(node: Node, check: Check, what: string): void {
  const kind = kindOfNode(node, check);
  if (kind !== 'bool' && kind !== 'dyn')
    problem(check, node, `${what} is a bool, not ${aKind(kind)}`);
}

function kindOfMap(node: NodeOf<'map'>, check: Check): Kind {
  for (const [key, value] of node.args) {
    const kind = kindOfNode(key, check);
    if (!['string', 'int', 'bool', 'double', 'dyn'].includes(kind)) {
      problem(check, key, `a key of a map is a string, an int or a bool, not ${aKind(kind)}`);
    }
    kindOfNode(value, check);
  }
  return 'map';
}

function kindOfChoice(node: NodeOf<'?:'>, check: Check): Kind {
  const [condition, yes, no] = node.args;
  expectBool(condition, check, 'the condition before ?');
  const [left, right] = [kindOfNode(yes, check), kindOfNode(no, check)];
  return left === right ? left : 'dyn';
}

function kindOfUnary(node: NodeOf<'!_' | '-_'>, check: Check): Kind {
  const operand = node.args;
  // -9223372036854775808 is read as a minus and a number that alone would be too large.
  if (node.op === '-_' && operand.op === 'value' && operand.args === INT_LIMIT) return 'int';
  return kindOfOperator(node, [operand], check);
}

function kindOfBinary(node: BinaryNode, check: Check): Kind {
  const [left, right] = node.args;
  if (node.op !== '==' && node.op !== '!=') return kindOfOperator(node, [left, right], check);
  const [a, b] = [kindOfNode(left, check), kindOfNode(right, check)];
  const comparable = (kind: Kind) => (kind === 'int' ? 'double' : kind);
  const free = [a, b].some((kind) => kind === 'dyn' || kind === 'null');
  if (!free && comparable(a) !== comparable(b)) {
    problem(check, node, `${aKind(a)} is never equal to ${aKind(b)}`);
  }
  return 'bool';
}

function kindOfOperator(node: Node, args: readonly Node[], check: Check): Kind {
  const kinds = args.map((arg) => kindOfNode(arg, check));
  const fitting = (OPERATORS.get(node.op) ?? []).filter((candidate) => accepts(candidate, kinds));
  const [first] = fitting;
  const sign = node.op.replace('_', '');
  if (first === undefined) return problem(check, node, `no ${sign} for ${kinds.join(' and ')}`);
  return fitting.every(({ result }) => result === first.result) ? first.result : 'dyn';
}
