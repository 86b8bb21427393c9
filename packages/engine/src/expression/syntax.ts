import { type ASTNode, type BinaryOperator, Environment, ParseError } from '@marcbachmann/cel-js';
import { ExpressionError } from '@tenuto/contract';

export type Node = ASTNode;
export type NodeOf<Op extends Node['op']> = Extract<Node, { op: Op }>;
export type BinaryNode = NodeOf<BinaryOperator>;

/** An expression is a condition, not a program. */
export const MAX_SOURCE_CHARS = 4 * 1024;
/** Depth of the syntax tree: checking and evaluating recurse this deep. */
export const MAX_DEPTH = 250;

/** Only its parser is used: checking, evaluation and its costs are this folder's own. */
const PARSER = new Environment({
  limits: {
    maxAstNodes: 2_000,
    maxDepth: 100,
    maxListElements: 1_000,
    maxMapEntries: 1_000,
    maxCallArguments: 8,
  },
});

/** What is wrong, and the offset in the source at which it is. */
export interface Problem {
  readonly at: number;
  readonly message: string;
}

/** Parses CEL; throws ExpressionError when the source is too long or not CEL. */
export function parseSource(source: string): Node {
  if (source.length > MAX_SOURCE_CHARS) {
    const message = `an expression has at most ${MAX_SOURCE_CHARS} characters`;
    throw expressionError(source, [{ at: 0, message }]);
  }
  try {
    return PARSER.parse(source).ast;
  } catch (error) {
    const known = error instanceof ParseError;
    const message = known ? said(error) : 'it is nested too deeply';
    throw expressionError(source, [{ at: known ? (error.range?.start ?? 0) : 0, message }]);
  }
}

function said({ code, summary }: ParseError): string {
  if (code === 'limit_exceeded') return 'it is too large or nested too deeply';
  return summary.charAt(0).toLowerCase() + summary.slice(1);
}

/** Makes the error for problems in one source; each gets its line and column, from 1. */
export function expressionError(source: string, problems: readonly Problem[]): ExpressionError {
  const errors = problems.map(({ at, message }) => {
    const lines = source.slice(0, at).split('\n');
    const place = { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
    return {
      path: '',
      message: `line ${place.line}, column ${place.column}: ${message}`,
      value: place,
    };
  });
  const shown = source.length > 80 ? `${source.slice(0, 79)}…` : source;
  return new ExpressionError(`${errors[0]?.message} in \`${shown}\``, errors);
}
