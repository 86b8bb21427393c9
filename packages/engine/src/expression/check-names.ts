/** Checks the names of variables and the ids after `steps` and `nodes`. */
import { type Scope, type SelectedId, selectedId, variableKind, writtenId } from './scope.ts';
import { nearest } from './suggest.ts';
import type { Node, NodeOf, Problem } from './syntax.ts';
import type { Kind } from './values.ts';

/** Enough to mend an expression by; the rest often follows from the first. */
const MAX_PROBLEMS = 10;

/** A check under way: what is in scope, and what was found so far. */
export interface Check {
  readonly scope: Scope;
  readonly problems: Problem[];
  readonly variables: Set<string>;
  readonly steps: Set<string>;
  readonly nodes: Set<string>;
  readonly present: Set<string>;
  readonly secrets: Set<string>;
  /** Of `steps` and `nodes`, those that are used other than by a written id. */
  readonly whole: Set<string>;
  /** Variables of the comprehensions around, innermost last. */
  readonly locals: string[];
  depth: number;
}

/** Notes a problem; what has one may be anything. */
export function problem(check: Check, node: Node, message: string): Kind {
  if (check.problems.length < MAX_PROBLEMS) check.problems.push({ at: node.pos, message });
  return 'dyn';
}

/** The kind of a variable that is not followed by a written id. */
export function kindOfVariable(node: NodeOf<'id'>, check: Check): Kind {
  const name = node.args;
  if (check.locals.includes(name)) return 'dyn';
  if (name === 'steps' || name === 'nodes') check.whole.add(name);
  if (name === 'secrets' && check.scope.variables.has(name)) {
    return problem(check, node, 'a secret is named where it is used: secrets.NAME');
  }
  return declaredKind(node, check);
}

/** Looks a variable up in the scope and notes that it is read. */
function declaredKind(node: NodeOf<'id'>, check: Check): Kind {
  const name = node.args;
  if (!check.scope.variables.has(name)) {
    const hint = nearest(name, check.scope.variables);
    const known = [...check.scope.variables].sort().join(', ') || 'none';
    const help =
      name === 'secrets'
        ? 'they are for the parameters (`with`) of actions only'
        : hint === undefined
          ? `in scope are: ${known}`
          : `did you mean ${hint}?`;
    return problem(check, node, `there is no variable ${JSON.stringify(name)} here; ${help}`);
  }
  check.variables.add(name);
  return variableKind(name);
}

/**
 * The kind of `steps.<id>`, `nodes.<id>` or `secrets.<name>`, undefined when the node is neither.
 * @param field what is read of it, where that is written
 */
export function kindOfId(node: Node, check: Check, field?: string): Kind | undefined {
  const selected = selectedId(node);
  const name = selected?.variable.args;
  if (selected === undefined) return undefined;
  if (name !== 'steps' && name !== 'nodes' && name !== 'secrets') return undefined;
  if (check.locals.includes(name)) return undefined;
  if (!check.scope.variables.has(name)) return declaredKind(selected.variable, check);
  check.variables.add(name);
  if (name === 'secrets') {
    check.secrets.add(selected.id);
    return 'string';
  }
  check[name].add(selected.id);
  if (name === 'nodes' && field !== 'previous') check.present.add(selected.id);
  checkId(node, selected, check.scope[name], check);
  return name === 'nodes' ? 'map' : 'dyn';
}

function checkId(
  node: Node,
  { variable, id }: SelectedId,
  known: ReadonlySet<string> | 'any',
  check: Check,
): void {
  if (known === 'any' || known.has(id)) return;
  const hint = nearest(id, known);
  const help = hint === undefined ? '' : `; did you mean ${writtenId(variable.args, hint)}?`;
  problem(check, node, `there is no node ${JSON.stringify(id)} for ${variable.args}${help}`);
}
