import type { RecoveryRule } from '@tenuto/contract';
import { timesFollowed } from './followed.ts';
import { RUN } from './recovery-step.ts';
import { roundOf } from './round.ts';
import type { NodeError, RunState } from './state.ts';
import { idOf, patternOf, specOf } from './state.ts';
import { cutOf } from './undo.ts';

/** What has happened that something may be done about. */
export interface Trouble {
  /** Absent when it is about the run. */
  readonly node?: number;
  readonly status: 'failed' | 'timeout' | 'stalled' | 'deadline';
  readonly error?: NodeError;
}

export interface Choice {
  readonly rule: RecoveryRule;
  /** Its place in the policy; absent for what holds without one. */
  readonly index?: number;
}

/** What the policy `default` says. */
export const DEFAULT_RULES: readonly RecoveryRule[] = [
  { when: { classification: 'infrastructure' }, action: 'requeue_job' },
  {
    when: { classification: ['transient', 'timeout', 'rate_limited', 'resource_exhausted'] },
    action: 'retry_job',
  },
  { action: 'escalate_manual' },
];

/** A node with a fallback uses it, whatever its run's policy says or does not say. */
const OWN_FALLBACK: RecoveryRule = { action: 'fallback_strategy' };

/**
 * The first rule that fits and can still be followed; a node's own fallback when none does.
 * @returns undefined when nothing is to be done: the failure stands
 */
export function chooseRecovery(run: RunState, trouble: Trouble): Choice | undefined {
  const rules = run.input.recovery?.rules ?? [];
  const index = rules.findIndex(
    (rule, i) => fits(run, rule, trouble) && isPossible(run, { rule, index: i }, trouble),
  );
  const rule = rules[index];
  if (rule !== undefined) return { rule, index };
  const own = { rule: OWN_FALLBACK };
  return isPossible(run, own, trouble) ? own : undefined;
}

function fits(run: RunState, { when = {} }: RecoveryRule, { node, status, error }: Trouble) {
  const named =
    node === undefined ? [] : [idOf(run, node), run.plan.ids[patternOf(run, node)] ?? ''];
  return (
    says(when.status, [status]) &&
    says(when.classification, error === undefined ? [] : [error.classification]) &&
    says(when.error_type, error === undefined ? [] : [error.type]) &&
    says(when.node, named)
  );
}

function says(wanted: string | readonly string[] | undefined, found: readonly string[]): boolean {
  if (wanted === undefined) return true;
  return found.some((word) =>
    typeof wanted === 'string' ? word === wanted : wanted.includes(word),
  );
}

function isPossible(run: RunState, { rule, index }: Choice, { node, status }: Trouble): boolean {
  const times = index === undefined ? 0 : timesFollowed(run, index, node ?? RUN);
  if (rule.action !== 'escalate_manual' && times >= (rule.with?.max_times ?? 1)) return false;
  if (node === undefined) {
    const ofRuns = ['requeue_job', 'abort_execution', 'rollback_state', 'escalate_manual'];
    if (!ofRuns.includes(rule.action)) return false;
  }
  // A run that is out of time can only be brought to an end.
  if (status === 'deadline' && !endsRun(rule)) return false;
  if (rule.action === 'rollback_state') return cutOf(run, rule.with?.to) !== undefined;
  if (rule.action !== 'fallback_strategy') return true;
  return (
    node !== undefined &&
    specOf(run, node).fallback !== undefined &&
    roundOf(run, node).kind !== 'fallback'
  );
}

function endsRun({ action, with: parameters }: RecoveryRule): boolean {
  const after = parameters?.after ?? 'resume';
  return action === 'abort_execution' || (action === 'rollback_state' && after !== 'resume');
}

/** Whether trouble of some node could have something done about it at all. */
export function mayRecover(run: RunState, node: number): boolean {
  return run.input.recovery !== undefined || specOf(run, node).fallback !== undefined;
}
