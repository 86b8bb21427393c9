import { type DagInput, PlanError, type ValidationError } from '@tenuto/contract';
import { type CompileOptions, compilePlan } from '../src/plan/compile.ts';

/** What is said against a graph; fails when nothing is. */
export function refusalOf(dag: DagInput, options: CompileOptions = {}): PlanError {
  try {
    compilePlan(dag, options);
  } catch (error) {
    if (error instanceof PlanError) return error;
    throw error;
  }
  throw new Error('The graph was accepted.');
}

export function problemsOf(dag: DagInput, options?: CompileOptions): readonly ValidationError[] {
  return refusalOf(dag, options).validationErrors;
}
