/**
 * Gates: what is asked of a phase, and whether it holds. Whoever checks a phase gathers, for each
 * gate, what it is to be judged by (its {@link GateEvidence}); the judgement itself is made here, of
 * that alone.
 */
import type { Gate, GateResult, GateType, Json } from '@tenuto/contract';
import { defaultRemediation } from './remediation.ts';

/** A file that was looked into, or why that was not possible. */
export type ReadFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly problem: string };

/** What each type of gate is judged by. `problem` says why it cannot be: it has not passed then. */
export interface GateEvidence {
  /** Paths of the files that its path matches, and which of them are empty. */
  readonly artifact_required: { readonly paths: readonly string[]; readonly empty: number };
  /** The files that its path matches, and whether the pattern was found in each. */
  readonly artifact_pattern: {
    readonly files: readonly (
      | { readonly path: string; readonly found: boolean }
      | { readonly path: string; readonly problem: string }
    )[];
  };
  readonly metric: { readonly path: string; readonly value: number };
  readonly command: { readonly exitCode: number | null; readonly said: string };
  readonly no_secrets: {
    readonly looked: number;
    /** `path:line name masked`, and never a secret. */
    readonly findings: readonly string[];
    readonly unread: readonly string[];
  };
  readonly max_cost: { readonly spentNanoUsd: number };
  readonly approval: {
    readonly approved: boolean;
    readonly by: readonly string[];
    readonly reason?: string;
  };
  readonly expression: { readonly value: Json };
}

type Problem = { readonly problem: string };
export type EvidenceFor<Type extends GateType> = GateEvidence[Type] | Problem;
type GateOf<Type extends GateType> = Extract<Gate, { type: Type }>;

/** What a judgement says of a gate. */
interface Verdict {
  readonly passed: boolean;
  readonly message: string;
  readonly value?: Json;
  readonly threshold?: Json;
  readonly evidence?: readonly string[];
}

/** Lines of evidence that are told. */
const EVIDENCE = 20;
const NANO_USD = 1_000_000_000;

type Judges = {
  readonly [Type in GateType]: (gate: GateOf<Type>, evidence: GateEvidence[Type]) => Verdict;
};

const JUDGES: Judges = {
  artifact_required: judgeRequired,
  artifact_pattern: judgePattern,
  metric: judgeMetric,
  command: judgeCommand,
  no_secrets: judgeSecrets,
  max_cost: judgeCost,
  approval: judgeApproval,
  expression: judgeExpression,
};

/** Judges one gate by what was gathered for it. */
export function judgeGate<Type extends GateType>(
  gate: GateOf<Type> & { readonly type: Type },
  evidence: EvidenceFor<Type>,
): GateResult {
  const verdict =
    'problem' in evidence
      ? { passed: false, message: evidence.problem }
      : JUDGES[gate.type](gate, evidence);
  return resultOf(gate, verdict);
}

/** What is said of a gate that was not looked at. */
export function skippedGate(gate: Gate, message: string): GateResult {
  const { passed: _, ...rest } = resultOf(gate, { passed: true, message });
  return { ...rest, passed: false, skipped: true };
}

function resultOf(
  gate: Gate,
  { passed, message, value, threshold, evidence }: Verdict,
): GateResult {
  const remediation = passed ? undefined : (gate.remediation ?? defaultRemediation(gate));
  return {
    id: gate.id,
    type: gate.type,
    severity: gate.severity ?? 'error',
    weight: gate.weight ?? 1,
    passed,
    skipped: false,
    message,
    ...(remediation !== undefined && { remediation }),
    ...(value !== undefined && { value }),
    ...(threshold !== undefined && { threshold }),
    ...(evidence !== undefined && evidence.length > 0 && { evidence: shown(evidence) }),
  };
}

function shown(lines: readonly string[]): string[] {
  if (lines.length <= EVIDENCE) return [...lines];
  return [...lines.slice(0, EVIDENCE), `and ${lines.length - EVIDENCE} more`];
}

function holding(count: number, does: boolean): string {
  if (count === 1) return does ? 'holds' : 'does not hold';
  return does ? 'hold' : 'do not hold';
}

function counted(count: number, one: string, several = `${one}s`): string {
  return count === 1 ? `1 ${one}` : `${count} ${several}`;
}

function judgeRequired(
  { path, min_count: least = 1 }: GateOf<'artifact_required'>,
  { paths, empty }: GateEvidence['artifact_required'],
): Verdict {
  const full = paths.length - empty;
  const beside = empty === 0 ? '' : ` (and ${counted(empty, 'empty one')})`;
  return {
    passed: full >= least,
    message: `${path} matches ${counted(full, 'file')}${beside}; ${least} needed.`,
    ...{ value: full, threshold: least, evidence: paths },
  };
}

function judgePattern(
  { path, pattern, must = 'match' }: GateOf<'artifact_pattern'>,
  { files }: GateEvidence['artifact_pattern'],
): Verdict {
  const unread = files.flatMap((file) =>
    'problem' in file ? [`${file.path}: ${file.problem}`] : [],
  );
  const wanted = must === 'match';
  const bad = files.flatMap((file) =>
    'found' in file && file.found !== wanted ? [file.path] : [],
  );
  if (files.length === 0) {
    return {
      passed: !wanted,
      message: `No file matches ${path}${wanted ? ', so nothing was found in it' : ''}.`,
    };
  }
  const isOk = bad.length === 0 && unread.length === 0;
  const bads = bad.length + unread.length;
  const ways = isOk
    ? `${counted(files.length, 'file')} at ${path} ${holding(files.length, wanted)}`
    : `${bads} of ${counted(files.length, 'file')} at ${path} ${holding(bads, !wanted)}`;
  const what = `${ways} /${pattern}/${unread.length > 0 ? ', or could not be looked into' : ''}.`;
  return { passed: isOk, message: what, evidence: [...bad, ...unread] };
}

function judgeMetric(
  { field, operator, threshold }: GateOf<'metric'>,
  { path, value }: GateEvidence['metric'],
): Verdict {
  const passed = holds(value, operator, threshold);
  const name = field === '' ? 'the value' : field;
  const message = passed
    ? `${name} in ${path} is ${value} (${operator} ${threshold}).`
    : `${name} in ${path} is ${value}, and has to be ${operator} ${threshold}.`;
  return { passed, message, value, threshold };
}

function holds(value: number, operator: GateOf<'metric'>['operator'], threshold: number): boolean {
  switch (operator) {
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
    case '==':
      return value === threshold;
    case '!=':
      return value !== threshold;
    case '>=':
      return value >= threshold;
    case '>':
      return value > threshold;
  }
}

function judgeCommand(
  { command }: GateOf<'command'>,
  { exitCode, said }: GateEvidence['command'],
): Verdict {
  const [program = ''] = command;
  const passed = exitCode === 0;
  const how = exitCode === null ? 'was ended by a signal' : `ended with exit code ${exitCode}`;
  return {
    passed,
    message: `${program} ${how}.`,
    ...{ value: exitCode, threshold: 0 },
    evidence: passed || said === '' ? [] : said.split('\n'),
  };
}

function judgeSecrets(
  { path = '**' }: GateOf<'no_secrets'>,
  { looked, findings, unread }: GateEvidence['no_secrets'],
): Verdict {
  const parts = [
    findings.length > 0 ? `${counted(findings.length, 'secret')} found` : 'No secret found',
    `in ${counted(looked, 'file')} at ${path}`,
    unread.length > 0 ? `; ${counted(unread.length, 'file')} too large to look into` : '',
  ];
  return {
    passed: findings.length === 0 && unread.length === 0,
    message: `${parts[0]} ${parts[1]}${parts[2]}.`,
    ...{ value: findings.length, threshold: 0 },
    evidence: [...findings, ...unread.map((file) => `${file}: not looked into`)],
  };
}

function judgeCost(
  { usd, scope = 'phase' }: GateOf<'max_cost'>,
  { spentNanoUsd }: GateEvidence['max_cost'],
): Verdict {
  const spent = spentNanoUsd / NANO_USD;
  return {
    passed: spentNanoUsd <= Math.round(usd * NANO_USD),
    message: `The ${scope} has cost ${spent} USD, of at most ${usd}.`,
    ...{ value: spent, threshold: usd },
  };
}

function judgeApproval(
  _: GateOf<'approval'>,
  { approved, by, reason }: GateEvidence['approval'],
): Verdict {
  const whom = by.length === 0 ? '' : ` by ${by.join(', ')}`;
  const why = reason === undefined ? '' : `: ${reason.replace(/\.$/, '')}`;
  return {
    passed: approved,
    message: `It was ${approved ? 'approved' : 'rejected'}${whom}${why}.`,
  };
}

function judgeExpression(
  { expression }: GateOf<'expression'>,
  { value }: GateEvidence['expression'],
): Verdict {
  if (typeof value !== 'boolean') {
    const message = `${expression} is no true or false, but ${typeof value}.`;
    return { passed: false, message, value };
  }
  return { passed: value, message: `${expression} is ${value}.`, value, threshold: true };
}
