/** CEL in gates: what it may name, and what it is evaluated with. */
import { ExpressionError, type GateResult, type Json, type JsonObject } from '@tenuto/contract';
import { compileExpression } from '../expression/index.ts';
import type { EvidenceFor } from './gate.ts';

const NONE: ReadonlySet<string> = new Set();

/** What an expression of a gate may name. */
const GATE_SCOPE = {
  steps: NONE,
  nodes: NONE,
  variables: new Set(['artifacts', 'metrics', 'gates', 'params', 'intake']),
} as const;

/** What the expressions of a check are evaluated with. */
export interface GateBindings {
  /** `{path, size_bytes}` of each file. */
  readonly artifacts: JsonObject[];
  readonly metrics: JsonObject;
  readonly params: Json;
  readonly intake: Json;
}

/** What is wrong with an expression of a gate; undefined when nothing is. */
export function gateExpressionProblem(source: string): string | undefined {
  try {
    compileExpression(source, GATE_SCOPE);
    return undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
}

/** @param gates those judged before: `gates.<id>` is `{passed, skipped, severity, value}` */
export function evaluateGate(
  source: string,
  bindings: GateBindings,
  gates: readonly GateResult[],
): EvidenceFor<'expression'> {
  try {
    const expression = compileExpression(source, GATE_SCOPE);
    return { value: expression.evaluate({ ...bindings, gates: gatesOf(gates) }) };
  } catch (error) {
    if (error instanceof ExpressionError) return { problem: error.message };
    throw error;
  }
}

function gatesOf(gates: readonly GateResult[]): JsonObject {
  return Object.fromEntries(
    gates.map(({ id, passed, skipped, severity, value }) => [
      id,
      { passed, skipped, severity, value: typeof value === 'number' ? value : null },
    ]),
  );
}
