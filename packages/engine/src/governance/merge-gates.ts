/**
 * Gates of two sources as one list. Gates of the same id that look at the same thing become one, as
 * strict as both: severity `error` before `warning`, the greater weight, count and number of
 * approvals, the lower price, the shorter time, the harder threshold. Gates of the same id that look
 * at different things both stay, the later one as `<id>.2` and so on.
 */
import type { Gate } from '@tenuto/contract';

type Metric = Extract<Gate, { type: 'metric' }>;
type Approval = Extract<Gate, { type: 'approval' }>;

export function mergeGates(first: readonly Gate[], second: readonly Gate[]): Gate[] {
  const merged: Gate[] = [];
  for (const gate of [...first, ...second]) take(merged, gate);
  return merged;
}

function take(merged: Gate[], gate: Gate): void {
  const known = merged.findIndex((one) => isOf(one.id, gate.id) && isAlike(one, gate));
  const before = merged[known];
  if (before !== undefined) {
    merged[known] = { ...stricter(before, gate), id: before.id };
    return;
  }
  const taken = new Set(merged.map(({ id }) => id));
  merged.push({ ...gate, id: freeId(gate.id, taken) });
}

/** Whether an id is that of a gate, or one that was made of it. */
function isOf(id: string, base: string): boolean {
  return id === base || (id.startsWith(`${base}.`) && /^\d{1,4}$/.test(id.slice(base.length + 1)));
}

function freeId(id: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id;
  for (let count = 2; ; count += 1) {
    if (!taken.has(`${id}.${count}`)) return `${id}.${count}`;
  }
}

/** Whether two gates look at the same thing, so that one of them can stand for both. */
function isAlike(a: Gate, b: Gate): boolean {
  return JSON.stringify(subjectOf(a)) === JSON.stringify(subjectOf(b));
}

/** What a gate looks at; all but that can be more or less strict. */
function subjectOf(gate: Gate): readonly unknown[] {
  const { type } = gate;
  switch (type) {
    case 'artifact_required':
      return [type, gate.path];
    case 'artifact_pattern':
      return [type, gate.path, gate.pattern, gate.must ?? 'match'];
    case 'metric':
      return [type, gate.path, gate.format, gate.field, ...directionOf(gate)];
    case 'command':
      return [type, gate.command];
    case 'no_secrets':
      return [type, gate.path ?? null];
    case 'max_cost':
      return [type, gate.scope ?? 'phase'];
    case 'approval':
      return [type, gate.approvers === undefined ? null : [...gate.approvers].sort()];
    case 'expression':
      return [type, gate.expression];
  }
}

/** Where its threshold lies; one that has to be met exactly is not more or less strict. */
function directionOf({ operator, threshold }: Metric): readonly unknown[] {
  if (operator === '==' || operator === '!=') return [operator, threshold];
  return [operator.startsWith('>') ? 'up' : 'down'];
}

function stricter(a: Gate, b: Gate): Gate {
  const common = commonOf(a, b);
  switch (a.type) {
    case 'artifact_required':
      if (b.type !== a.type) return a;
      return { ...a, ...common, ...bounded('min_count', a.min_count, b.min_count, Math.max) };
    case 'metric':
      return b.type === a.type ? { ...a, ...common, ...harder(a, b) } : a;
    case 'command':
      if (b.type !== a.type) return a;
      return {
        ...a,
        ...common,
        ...bounded('timeout_seconds', a.timeout_seconds, b.timeout_seconds, Math.min),
      };
    case 'max_cost':
      return b.type === a.type ? { ...a, ...common, usd: Math.min(a.usd, b.usd) } : a;
    case 'approval':
      return b.type === a.type ? { ...a, ...common, ...moreAgreed(a, b) } : a;
    default:
      return { ...a, ...common };
  }
}

function commonOf(a: Gate, b: Gate) {
  const severities = [a.severity, b.severity];
  const isWarning = severities.every((severity) => severity === 'warning');
  const description = a.description ?? b.description;
  const remediation = a.remediation ?? b.remediation;
  const severity = isWarning ? ('warning' as const) : ('error' as const);
  return {
    ...(severities.some((one) => one !== undefined) && { severity }),
    ...((a.weight ?? b.weight) !== undefined && { weight: Math.max(a.weight ?? 1, b.weight ?? 1) }),
    ...(description !== undefined && { description }),
    ...(remediation !== undefined && { remediation }),
  };
}

/** Of two numbers where one that is not said bounds nothing. */
function bounded<Name extends string>(
  name: Name,
  a: number | undefined,
  b: number | undefined,
  choose: (a: number, b: number) => number,
): { readonly [name in Name]?: number } {
  const value = a === undefined ? b : b === undefined ? a : choose(a, b);
  return value === undefined ? {} : ({ [name]: value } as { readonly [name in Name]: number });
}

/** Of two thresholds in one direction, the one that satisfies both. */
function harder(a: Metric, b: Metric): Pick<Metric, 'operator' | 'threshold'> {
  const { operator, threshold } = a;
  if (threshold === b.threshold) {
    const isStrict = operator.length === 1;
    return isStrict ? { operator, threshold } : { operator: b.operator, threshold };
  }
  const isUp = operator.startsWith('>');
  const chosen = b.threshold > threshold === isUp ? b : a;
  return { operator: chosen.operator, threshold: chosen.threshold };
}

function moreAgreed(a: Approval, b: Approval): Partial<Approval> {
  const message = a.message ?? b.message;
  const ends = [a.on_deadline, b.on_deadline];
  const isSaid = ends.some((end) => end !== undefined);
  const approves = ends.every((end) => end === 'approve');
  return {
    ...bounded('required', a.required, b.required, Math.max),
    ...bounded('deadline_seconds', a.deadline_seconds, b.deadline_seconds, Math.min),
    ...(isSaid && { on_deadline: approves ? 'approve' : 'reject' }),
    ...(message !== undefined && { message }),
  };
}
