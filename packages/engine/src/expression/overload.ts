import type { Evaluation } from './evaluation.ts';
import type { Kind, KindTypes, Value } from './values.ts';

/**
 * One signature of a function or operator. The checker reads `params` and `result` at submit
 * time, the evaluator picks by the same `params` at run time: one table serves both.
 */
export interface Overload {
  readonly params: readonly Kind[];
  readonly result: Kind;
  /** Called only with values of the kinds in `params`; throws Failure. */
  run(args: readonly Value[], evaluation: Evaluation): Value;
}

type Arguments<P extends readonly Kind[]> = { readonly [I in keyof P]: KindTypes[P[I]] };

/** Declares an overload whose function is typed by its kinds. */
export function overload<const P extends readonly Kind[], R extends Kind>(
  params: P,
  result: R,
  run: (args: Arguments<P>, evaluation: Evaluation) => KindTypes[R],
): Overload {
  return {
    params,
    result,
    // Dispatch guarantees the kinds, which the list of overloads cannot express.
    run: (args, evaluation) => run(args as Arguments<P>, evaluation),
  };
}

/** Whether arguments of these kinds fit (`dyn` fits everywhere). */
export function accepts({ params }: Overload, kinds: readonly Kind[]): boolean {
  if (params.length !== kinds.length) return false;
  for (let i = 0; i < kinds.length; i++) {
    const wanted = params[i];
    const given = kinds[i];
    if (wanted !== given && wanted !== 'dyn' && given !== 'dyn') return false;
  }
  return true;
}
