import { ExpressionError, type JsonObject } from '@tenuto/contract';
import { compileTemplate, type Scope, type Template } from '../expression/index.ts';
import type { FlatNodes } from './flatten.ts';
import type { RetryContext } from './node-retry.ts';

/** Which runs a plan is for; each knows of things that others do not. */
export type Door = 'task';
/** Why an action may not be given a secret in a field of `with`; undefined when it may. */
export type CheckSecrets = (uses: string, field: string) => string | undefined;

export interface SpecContext extends RetryContext {
  readonly flat: FlatNodes;
  /** What is wrong with an action's name, if anything. */
  readonly checkAction: (uses: string) => string | undefined;
  readonly door: Door | undefined;
  /** Why an action may not be given a secret in that field of `with`, if it may not. */
  readonly checkSecrets: CheckSecrets;
  /** Secrets that parameters name, each with a place where one does. */
  readonly secrets: Map<string, string>;
}

/** What the parameters of actions may name besides. */
export function withSecrets(scope: Scope): Scope {
  return { ...scope, variables: new Set(scope.variables).add('secrets') };
}

interface GivenParameters {
  readonly uses: string;
  readonly template: Template;
  /** As they are written, for the fields that name secrets. */
  readonly parameters: JsonObject;
  readonly scope: Scope;
  readonly path: string;
}

/** Notes the secrets that the parameters of an action name, or why they cannot be there. */
export function noteSecrets(
  { checkSecrets, secrets, problems }: SpecContext,
  { uses, template, parameters, scope, path }: GivenParameters,
): void {
  if (template.references.secrets.size === 0) return;
  for (const [field, value] of Object.entries(parameters)) {
    const names = compileTemplate(value, withSecrets(scope)).references.secrets;
    if (names.size === 0) continue;
    const place = `${path}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const wrong = checkSecrets(uses, field);
    if (wrong !== undefined) problems.add(place, wrong);
    for (const name of names) if (!secrets.has(name)) secrets.set(name, place);
  }
}

/** Runs one compilation; an ExpressionError becomes a problem of the node's field. */
export function attempt<T>(
  { flat, problems }: SpecContext,
  index: number,
  field: string,
  compile: () => T,
): T | undefined {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const [first] = error.validationErrors;
    problems.add(
      `${flat.paths[index]}/${field}${first?.path ?? ''}`,
      `In ${field} of "${flat.inputs[index]?.id}": ${error.message}`,
      first?.value,
    );
    return undefined;
  }
}
