import type { Json } from '@tenuto/contract';
import Type from 'typebox';
import type { ActionDefinition } from '../action.ts';

/**
 * `transform.cel`: gives back what its templates made of `value`. `expression` is compiled with the
 * graph into a value that is nothing but that expression.
 */
export function transformCel(): ActionDefinition {
  return {
    name: 'transform.cel',
    description: 'Computes a value from what came before; `value` may hold ${...} templates.',
    parameters: Type.Object({ value: Type.Unknown() }, { additionalProperties: false }),
    run: (call) => ({ status: 'completed', output: (call.with.value ?? null) as Json }),
  };
}
