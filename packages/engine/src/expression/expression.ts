import type { ExpressionError, Json } from '@tenuto/contract';
import { checkSyntax } from './check.ts';
import { type Bindings, evaluateSyntax } from './evaluate.ts';
import { type Evaluation, Failure, newEvaluation } from './evaluation.ts';
import { toJson } from './result.ts';
import type { References, Scope } from './scope.ts';
import { expressionError, parseSource } from './syntax.ts';

/** A CEL expression that was checked; evaluating it has no effects and always ends. */
export interface Expression {
  readonly source: string;
  readonly references: References;
  /**
   * Computes the value.
   *
   * @param bindings the variables; only those in `references` are read
   * @throws ExpressionError and nothing else: a key that is not there, kinds that do not fit,
   *   a division by zero, or more work than an expression may do
   */
  evaluate(bindings: Bindings): Json;
}

/** An expression that can be evaluated within an allowance shared with others. */
export interface SharedExpression extends Expression {
  evaluateWithin(bindings: Bindings, evaluation: Evaluation): Json;
}

/**
 * Checks a CEL expression: syntax, names against the scope, kinds where they are known.
 *
 * @param source at most 4,096 characters
 * @throws ExpressionError with line and column of each problem in `validationErrors`
 */
export function compileExpression(source: string, scope: Scope): Expression {
  return compileShared(source, scope);
}

/** The same, for expressions that share their allowance, as those of a template do. */
export function compileShared(source: string, scope: Scope): SharedExpression {
  const node = parseSource(source);
  const { references, problems } = checkSyntax(node, scope);
  if (problems.length > 0) throw expressionError(source, problems);
  const evaluateWithin = (bindings: Bindings, evaluation: Evaluation): Json => {
    evaluation.at = 0;
    try {
      return toJson(evaluateSyntax(node, bindings, evaluation), evaluation);
    } catch (error) {
      throw evaluationError(source, error, evaluation);
    }
  };
  const evaluate = (bindings: Bindings) => evaluateWithin(bindings, newEvaluation());
  return { source, references, evaluate, evaluateWithin };
}

function evaluationError(source: string, error: unknown, { at }: Evaluation): ExpressionError {
  if (error instanceof Failure) {
    return expressionError(source, [{ at: error.at ?? at, message: error.message }]);
  }
  // Only the stack can be at an end here, from data nested thousands deep.
  return expressionError(source, [{ at, message: 'the data is nested too deeply' }]);
}
