import { parseSync } from '@swc/core';

/** What code may only do where it is allowed to: each makes a run differ from the next. */
export type Effect = 'time' | 'timer' | 'random' | 'environment';

export interface Finding {
  readonly line: number;
  readonly text: string;
}

/** Facts about one source file; whether they are welcome there is for the caller to say. */
export interface SourceFacts {
  readonly lines: number;
  readonly effects: readonly (Finding & { readonly effect: Effect })[];
  readonly functions: readonly { readonly line: number; readonly lines: number }[];
  /** Ways around the type checker: `any`, `as unknown as`. */
  readonly escapes: readonly Finding[];
  /** `eval` and `new Function`. */
  readonly evaluators: readonly Finding[];
}

const MEMBERS: ReadonlyMap<string, Effect> = new Map([
  ['Date.now', 'time'],
  ['performance.now', 'time'],
  ['process.hrtime', 'time'],
  ['Math.random', 'random'],
  ['process.env', 'environment'],
]);

const NAMES: ReadonlyMap<string, Effect> = new Map([
  ['setTimeout', 'timer'],
  ['setInterval', 'timer'],
  ['setImmediate', 'timer'],
  ['randomUUID', 'random'],
  ['randomBytes', 'random'],
  ['randomInt', 'random'],
  ['getRandomValues', 'random'],
]);

/** A name counts on these objects; `socket.setTimeout` is the socket's own affair. */
const HOLDERS = new Set(['globalThis', 'global', 'window', 'crypto', 'webcrypto', 'timers']);

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
  'MethodProperty',
  'GetterProperty',
  'SetterProperty',
]);

interface Node {
  readonly type: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly [key: string]: unknown;
}

/**
 * Reads one TypeScript file and lists what a house rule may ask about.
 *
 * @throws when the text is not TypeScript
 */
export function scanSource(text: string, { tsx = false } = {}): SourceFacts {
  // The parser counts bytes on from file to file; an empty statement first shows where this began.
  const code = `;${text.replace(/^#!/, '//')}`;
  const parsed: unknown = parseSync(code, { syntax: 'typescript', tsx, target: 'esnext' });
  if (!isNode(parsed)) throw new Error('the parser answered without a tree');
  const lineAt = lineFinder(Buffer.from(code), parsed.span.start);
  const facts = {
    lines: text.replace(/\n$/, '').split('\n').length,
    effects: [] as (Finding & { readonly effect: Effect })[],
    functions: [] as { readonly line: number; readonly lines: number }[],
    escapes: [] as Finding[],
    evaluators: [] as Finding[],
  };
  for (const node of nodesOf(parsed)) {
    const line = lineAt(node.span.start);
    const effect = effectOf(node);
    if (effect) facts.effects.push({ line, ...effect });
    const wayOut = escapeOf(node);
    if (wayOut) facts.escapes.push({ line, text: wayOut });
    const evaluator = evaluatorOf(node);
    if (evaluator) facts.evaluators.push({ line, text: evaluator });
    if (FUNCTIONS.has(node.type)) {
      facts.functions.push({ line, lines: lineAt(node.span.end - 1) - line + 1 });
    }
  }
  return facts;
}

function effectOf(node: Node): { readonly effect: Effect; readonly text: string } | undefined {
  const name = nameOf(node);
  if (node.type === 'MemberExpression') {
    const pair = `${nameOf(node.object)}.${name}`;
    const effect = MEMBERS.get(pair) ?? (HOLDERS.has(nameOf(node.object)) && NAMES.get(name));
    return effect ? { effect, text: pair } : undefined;
  }
  if (node.type === 'Identifier') {
    const effect = NAMES.get(name);
    return effect && { effect, text: name };
  }
  const now = node.type === 'NewExpression' && nameOf(node.callee) === 'Date';
  return now && !hasArguments(node) ? { effect: 'time', text: 'new Date()' } : undefined;
}

function escapeOf(node: Node): string | undefined {
  if (node.type === 'TsKeywordType' && node.kind === 'any') return 'any';
  const inner = node.type === 'TsAsExpression' ? node.expression : undefined;
  if (!isNode(inner) || inner.type !== 'TsAsExpression') return undefined;
  const between = inner.typeAnnotation;
  return isNode(between) && between.kind === 'unknown' ? 'as unknown as' : undefined;
}

function evaluatorOf(node: Node): string | undefined {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return undefined;
  const callee = nameOf(node.callee);
  return callee === 'eval' || callee === 'Function' ? callee : undefined;
}

/** The last name of an expression: `env` for `env`, `process.env` and `globalThis.process.env`. */
function nameOf(node: unknown): string {
  if (!isNode(node)) return '';
  if (node.type === 'Identifier' || node.type === 'StringLiteral') return String(node.value);
  if (node.type === 'MemberExpression') return nameOf(node.property);
  return node.type === 'Computed' ? nameOf(node.expression) : '';
}

function hasArguments(node: Node): boolean {
  return Array.isArray(node.arguments) && node.arguments.length > 0;
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesOf(item);
  } else if (typeof value === 'object' && value !== null) {
    if (isNode(value)) yield value;
    for (const [key, child] of Object.entries(value)) {
      if (!isOwnName(value, key)) yield* nodesOf(child);
    }
  }
}

/** A property's name in `a.setTimeout` or `{ setTimeout: ... }` is not a use of the global. */
function isOwnName(parent: object, key: string): boolean {
  if ('key' in parent) return key === 'key' && !isComputed(parent.key);
  return 'property' in parent && key === 'property' && !isComputed(parent.property);
}

function isComputed(value: unknown): boolean {
  return isNode(value) && value.type === 'Computed';
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'span' in value;
}

function lineFinder(bytes: Buffer, base: number): (offset: number) => number {
  const starts = [0];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset - base) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
