import type { ActionCall, ActionOutcome, ActionRunner } from '@tenuto/engine';
import { Compile } from 'typebox/compile';
import type { ActionDefinition } from './action.ts';
import { refused } from './action.ts';

/** All actions that a deployment has, by name. */
export interface ActionRegistry extends ActionRunner {
  /** What is wrong with an action's name in a graph; undefined when nothing is. */
  check(uses: string): string | undefined;
  readonly names: readonly string[];
  /** Lets go of what the actions hold: connections, pools. */
  close(): Promise<void>;
}

/** How many complaints about parameters a message names. */
const PROBLEMS_NAMED = 5;

/**
 * Makes a runner of actions: finds the action, checks its parameters against its schema, runs it.
 * @throws RangeError when two actions have one name
 */
export function createActionRegistry(definitions: readonly ActionDefinition[]): ActionRegistry {
  const actions = new Map(definitions.map((action) => [action.name, prepare(action)]));
  if (actions.size !== definitions.length) throw new RangeError('Two actions have the same name.');
  const names = [...actions.keys()].sort();
  const effects = new Map(definitions.map((action) => [action.name, action.effectOf]));
  return {
    names,
    check(uses) {
      if (actions.has(uses)) return undefined;
      return `There is no action "${uses}". Known actions: ${names.join(', ')}.`;
    },
    run(call) {
      const run = actions.get(call.uses);
      return run?.(call) ?? refused('unknown_action', `There is no action "${call.uses}".`);
    },
    effectOf: (uses) => effects.get(uses),
    async close() {
      await Promise.all(definitions.map((action) => action.close?.()));
    },
  };
}

function prepare(action: ActionDefinition) {
  const schema = Compile(action.parameters);
  return (call: ActionCall): ActionOutcome | Promise<ActionOutcome> => {
    if (schema.Check(call.with)) return action.run(call);
    const problems = [...schema.Errors(call.with)].slice(0, PROBLEMS_NAMED);
    const named = problems.map(({ instancePath, message }) => `with${instancePath}: ${message}`);
    return refused('invalid_parameters', `${action.name}: ${named.join('; ')}`);
  };
}
