import type { ActionCall, ActionOutcome, ActionRunner, CheckSecrets } from '@tenuto/engine';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import type { ActionDefinition } from './action.ts';
import { refused } from './action.ts';

/** All actions that a deployment has, by name. */
export interface ActionRegistry extends ActionRunner {
  /** What is wrong with an action's name in a graph; undefined when nothing is. */
  check(uses: string): string | undefined;
  readonly checkSecrets: CheckSecrets;
  readonly names: readonly string[];
  /** Lets go of what the actions hold: connections, pools. */
  close(): Promise<void>;
}

/** How many complaints about parameters a message names. */
const PROBLEMS_NAMED = 5;

/**
 * Makes a runner of actions: finds the action, checks its parameters against its schema, runs it.
 *
 * @param more finds an action whose name is not known beforehand, such as a tool of a server
 * @throws RangeError when two actions have one name
 */
export function createActionRegistry(
  definitions: readonly ActionDefinition[],
  more: (uses: string) => ActionDefinition | undefined = () => undefined,
): ActionRegistry {
  const known = new Map(definitions.map((action) => [action.name, action]));
  if (known.size !== definitions.length) throw new RangeError('Two actions have the same name.');
  const ready = new Map(definitions.map((action) => [action.name, prepare(action)]));
  const names = [...known.keys()].sort();
  const find = (uses: string) => known.get(uses) ?? more(uses);
  return {
    names,
    check(uses) {
      if (known.has(uses)) return undefined;
      return `There is no action "${uses}". Known actions: ${names.join(', ')}.`;
    },
    checkSecrets: (uses, field) => secretFault(find(uses), field),
    run(call) {
      const other = ready.has(call.uses) ? undefined : more(call.uses);
      const run = other === undefined ? ready.get(call.uses) : prepare(other);
      return run?.(call) ?? refused('unknown_action', `There is no action "${call.uses}".`);
    },
    effectOf: (uses) => find(uses)?.effectOf,
    ambiguityOf: (uses) => find(uses)?.onAmbiguous,
    knowsItsCalls: (uses) => find(uses)?.knowsItsCalls === true,
    failsOfItself: (uses, type) => find(uses)?.ownFailures?.has(type) === true,
    async close() {
      await Promise.all(definitions.map((action) => action.close?.()));
    },
  };
}

function prepare(action: ActionDefinition) {
  const schema = Compile(action.parameters);
  return (call: ActionCall): ActionOutcome | Promise<ActionOutcome> => {
    const misplaced = misplacedSecret(action, call);
    if (misplaced !== undefined) return refused('secret_not_allowed', misplaced);
    if (schema.Check(call.with)) return action.run(call);
    // Beside each parameter that there is not, the object around it is said to hold one.
    const problems = [...schema.Errors(call.with)].filter(
      ({ keyword }) => keyword !== 'additionalProperties',
    );
    const named = problems
      .slice(0, PROBLEMS_NAMED)
      .map((problem) => `with${problem.instancePath}: ${messageOf(problem)}`);
    return refused('invalid_parameters', `${action.name}: ${named.join('; ')}`);
  };
}

function messageOf(problem: TLocalizedValidationError): string {
  if (problem.keyword === 'boolean') return 'is not a known field';
  if (problem.keyword !== 'enum') return problem.message;
  return `must be one of ${problem.params.allowedValues.join(', ')}`;
}

function secretFault(action: ActionDefinition | undefined, field: string): string | undefined {
  if (action === undefined) return undefined;
  const { name, secretFields } = action;
  if (secretFields === undefined) {
    return `${name} may not be given secrets: what it is given is stored or can be seen.`;
  }
  if (secretFields === 'all' || secretFields.includes(field)) return undefined;
  const fields = secretFields.join(', ');
  return `${name} takes secrets in ${fields} only: anything else of it can be seen by others.`;
}

/** Said again when the action runs: who bound a secret to hosts may have done so meanwhile. */
function misplacedSecret(
  { name, secretFields, keepsHosts }: ActionDefinition,
  { secrets = [] }: ActionCall,
): string | undefined {
  if (secrets.length === 0) return undefined;
  if (secretFields === undefined) return `${name} may not be given secrets.`;
  const bound = secrets.find(({ allowedHosts }) => allowedHosts !== undefined);
  if (bound === undefined || keepsHosts === true) return undefined;
  return `The secret ${bound.name} is bound to hosts, which ${name} cannot promise to keep to.`;
}
