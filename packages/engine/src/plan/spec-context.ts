import { ExpressionError } from '@tenuto/contract';
import type { FlatNodes } from './flatten.ts';
import type { RetryContext } from './node-retry.ts';

/** Which runs a plan is for; each knows of things that others do not. */
export type Door = 'task';

export interface SpecContext extends RetryContext {
  readonly flat: FlatNodes;
  /** What is wrong with an action's name, if anything. */
  readonly checkAction: (uses: string) => string | undefined;
  readonly door: Door | undefined;
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
