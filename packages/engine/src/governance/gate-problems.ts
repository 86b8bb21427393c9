/** What is wrong with gates beyond their schema: to be asked before a run is made of them. */
import type { Gate } from '@tenuto/contract';
import { gateExpressionProblem } from './gate-expression.ts';
import { gatePatternProblem } from './gate-pattern.ts';

export const JUNIT_FIELDS = [
  'tests',
  'passed',
  'failed',
  'skipped',
  'pass_rate',
  'duration_seconds',
] as const;
export const LCOV_FIELDS = [
  'line_rate',
  'branch_rate',
  'function_rate',
  'lines_found',
  'lines_hit',
] as const;

export interface GateProblem {
  /** Index of the gate in its list. */
  readonly index: number;
  /** Its field. */
  readonly field: string;
  readonly message: string;
}

/** All that is wrong with the gates of one phase, or of one policy. */
export function gateProblems(gates: readonly Gate[]): readonly GateProblem[] {
  const seen = new Set<string>();
  return gates.flatMap((gate, index) => {
    const problems = problemsOf(gate);
    if (seen.has(gate.id)) {
      problems.push({ field: 'id', message: `is used twice: "${gate.id}"` });
    }
    seen.add(gate.id);
    return problems.map((problem) => ({ index, ...problem }));
  });
}

function problemsOf(gate: Gate): Omit<GateProblem, 'index'>[] {
  switch (gate.type) {
    case 'artifact_pattern':
      return problem('pattern', gatePatternProblem(gate.pattern));
    case 'expression':
      return problem('expression', gateExpressionProblem(gate.expression));
    case 'metric':
      return problem('field', fieldProblem(gate));
    case 'approval':
      return problem('required', tooManyNeeded(gate));
    default:
      return [];
  }
}

function problem(field: string, message: string | undefined): Omit<GateProblem, 'index'>[] {
  return message === undefined ? [] : [{ field, message }];
}

function fieldProblem({ format, field }: Extract<Gate, { type: 'metric' }>): string | undefined {
  if (format === 'json') {
    return field === '' || field.startsWith('/')
      ? undefined
      : `is a JSON Pointer and begins with "/": "/${field.replaceAll('.', '/')}"?`;
  }
  const known: readonly string[] = format === 'junit' ? JUNIT_FIELDS : LCOV_FIELDS;
  return known.includes(field) ? undefined : `is one of ${known.join(', ')} for ${format}`;
}

/** Teams have any number of members; people and agents are one each. */
function tooManyNeeded({
  approvers,
  required = 1,
}: Extract<Gate, { type: 'approval' }>): string | undefined {
  if (approvers === undefined) return undefined;
  const people = approvers.filter((name) => /^(?:agent|user):/.test(name));
  if (people.length < approvers.length || new Set(people).size >= required) return undefined;
  return `is ${required}, of ${approvers.length} who may approve`;
}
