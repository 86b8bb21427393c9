/** The names that an expression may use, and those that it does. */
import type { Node } from './syntax.ts';
import type { Kind } from './values.ts';

/** What may be named; `any` where the ids are not known yet. */
export interface Scope {
  readonly steps: ReadonlySet<string> | 'any';
  readonly nodes: ReadonlySet<string> | 'any';
  /** Which of {@link VARIABLE_KINDS} are in scope, and names of items. */
  readonly variables: ReadonlySet<string>;
}

/** What an expression names; `all` when it reads a map whole or by a computed id. */
export interface References {
  readonly steps: ReadonlySet<string> | 'all';
  readonly nodes: ReadonlySet<string> | 'all';
  /** Of `nodes`, those of which more is read than what they put out when they last ran. */
  readonly present: ReadonlySet<string> | 'all';
  /** Never all: each is named by a written id. */
  readonly secrets: ReadonlySet<string>;
  readonly variables: ReadonlySet<string>;
}

/** The variables of the system with what is known of them; any other may be anything. */
const VARIABLE_KINDS: ReadonlyMap<string, Kind> = new Map([
  ['params', 'map'],
  ['steps', 'map'],
  ['nodes', 'map'],
  ['parents', 'list'],
  ['index', 'int'],
  ['run', 'map'],
  ['task', 'map'],
  ['now', 'timestamp'],
  ['secrets', 'map'],
]);

/** What `nodes.<id>` holds. */
export const NODE_FIELDS: ReadonlySet<string> = new Set([
  'status',
  'error',
  'attempts',
  'started_at',
  'completed_at',
  'previous',
]);

export function variableKind(name: string): Kind {
  return VARIABLE_KINDS.get(name) ?? 'dyn';
}

/** A variable and the id written after it: `steps.build`, `nodes['@scope/pkg@1.2']`. */
export interface SelectedId {
  readonly variable: Node & { readonly op: 'id' };
  readonly id: string;
}

/** Returns which variable and id a node selects, undefined when it does not. */
export function selectedId(node: Node): SelectedId | undefined {
  if (node.op === '.') {
    const [variable, id] = node.args;
    return variable.op === 'id' ? { variable, id } : undefined;
  }
  if (node.op !== '[]') return undefined;
  const [variable, index] = node.args;
  const id = index.op === 'value' ? index.args : undefined;
  return variable.op === 'id' && typeof id === 'string' ? { variable, id } : undefined;
}

/** Returns how an id is written after its variable. */
export function writtenId(variable: string, id: string): string {
  if (/^[A-Za-z_]\w*$/.test(id) && !/^(in|true|false|null)$/.test(id)) return `${variable}.${id}`;
  return `${variable}[${JSON.stringify(id)}]`;
}

/** An empty set of references. */
export const NO_REFERENCES: References = {
  steps: new Set(),
  nodes: new Set(),
  present: new Set(),
  secrets: new Set(),
  variables: new Set(),
};

/** Returns all that either names. */
export function unite(a: References, b: References): References {
  return {
    steps: a.steps === 'all' || b.steps === 'all' ? 'all' : a.steps.union(b.steps),
    nodes: a.nodes === 'all' || b.nodes === 'all' ? 'all' : a.nodes.union(b.nodes),
    present: a.present === 'all' || b.present === 'all' ? 'all' : a.present.union(b.present),
    secrets: a.secrets.union(b.secrets),
    variables: a.variables.union(b.variables),
  };
}
