/** Decisions on recoveries, with all that replay must not draw again: ids and times. */
import type { Classification, RecoveryTrigger } from '@tenuto/contract';
import type { ActionRunner } from './ports/action-runner.ts';
import {
  type AttemptEnded,
  type Choice,
  chooseRecovery,
  cutOff,
  mayRecover,
  type NodeError,
  type Onward,
  parametersOf,
  type RecoverEvent,
  type RecoveryStep,
  type RunState,
  roundOf,
  secretNamesOf,
  specOf,
  type Trouble,
  usesOf,
} from './run/index.ts';

export interface StepPorts {
  newId(): string;
  readonly runner: Pick<
    ActionRunner,
    'effectOf' | 'ambiguityOf' | 'knowsItsCalls' | 'failsOfItself'
  >;
}

/** A failed attempt that is not made again, with what is done about it if anything is. */
export function withRecovery(ports: StepPorts, run: RunState, event: AttemptEnded): AttemptEnded {
  const { node, status, error, retryAt, recovery } = event;
  if (status === 'completed' || status === 'cancelled') return event;
  if (retryAt !== undefined || recovery !== undefined || run.phase !== 'work') return event;
  if (!mayRecover(run, node)) return event;
  const trouble = { node, status, ...(error !== undefined && { error }) };
  const step = decide(ports, run, { trouble, trigger: triggerOf(event), at: event.at });
  return step === undefined ? event : { ...event, recovery: step };
}

function triggerOf({ status, error }: AttemptEnded): RecoveryTrigger {
  if (error?.classification === 'infrastructure') return 'lost';
  return status === 'timeout' ? 'timeout' : 'failure';
}

/**
 * Whether a node that is made again goes on where it was: its action finds the calls that it has made.
 * Not after an end that the same calls would only bring about again.
 */
export function goesOn(
  { runner }: Pick<StepPorts, 'runner'>,
  run: RunState,
  node: number,
  error?: NodeError,
): boolean {
  const uses = usesOf(run, node) ?? '';
  if (runner.knowsItsCalls?.(uses) !== true) return false;
  if (error === undefined) return true;
  return !(runner.failsOfItself?.(uses, error.type) ?? SAME_AGAIN.has(error.classification));
}

/**
 * Which nodes of a run that is over go on where they were when what failed is run again: what they
 * have paid for they find again. Where nobody knew of a call, who runs it again has decided on it.
 */
export function goingOn(
  ports: Pick<StepPorts, 'runner'>,
  run: RunState,
  { step, node, from = 'failed' }: Pick<RecoverEvent, 'step' | 'node' | 'from'>,
): readonly Onward[] {
  if (run.phase !== 'over' || from !== 'failed' || step.action === 'rollback_state') return [];
  if (node !== undefined && step.action === 'retry_job') return [];
  const byHand = step.trigger === 'manual' || step.trigger === 'intervention';
  return cutOff(run).flatMap((each): Onward[] => {
    const error = run.errors.get(each);
    if (!goesOn(ports, run, each, error)) return [];
    const decided = byHand && error?.type === UNKNOWN_OUTCOME.type;
    return [{ node: each, ...(decided && { decided }) }];
  });
}

const SAME_AGAIN: ReadonlySet<Classification> = new Set(['validation', 'permanent', 'unknown']);

/** What the run's policy does about some trouble; undefined for nothing. */
export function decide(
  ports: StepPorts,
  run: RunState,
  {
    trouble,
    trigger,
    at,
  }: { readonly trouble: Trouble; readonly trigger: RecoveryTrigger; readonly at: number },
): RecoveryStep | undefined {
  const choice = chooseRecovery(run, trouble);
  if (choice === undefined) return undefined;
  const step = stepOf(ports, choice, { trouble, trigger, at });
  const again = step.action === 'retry_job' || step.action === 'requeue_job';
  const { node, error } = trouble;
  return again && node !== undefined && goesOn(ports, run, node, error)
    ? { ...step, goesOn: true }
    : step;
}

function stepOf(
  { newId }: StepPorts,
  { rule, index }: Choice,
  of: { readonly trouble: Trouble; readonly trigger: RecoveryTrigger; readonly at: number },
): RecoveryStep {
  const { trouble, trigger, at } = of;
  const parameters = rule.with ?? {};
  return completed(
    {
      action: rule.action,
      session: newId(),
      trigger,
      actor: 'policy',
      with: parameters,
      ...(trouble.error !== undefined && { classification: trouble.error.classification }),
      ...(index !== undefined && { rule: index }),
    },
    { at, newId },
  );
}

/** Fills in when a node is made again, and the intervention that a person is asked by. */
export function completed(
  step: RecoveryStep,
  { at, newId }: { readonly at: number; newId(): string },
): RecoveryStep {
  const { delay_ms: delayMs = 0, deadline_seconds: deadline } = step.with;
  switch (step.action) {
    case 'retry_job':
    case 'requeue_job':
      return { ...step, retryAt: at + delayMs };
    case 'escalate_manual':
      return {
        ...step,
        intervention: newId(),
        ...(deadline !== undefined && { deadlineAt: at + deadline * 1_000 }),
      };
    default:
      return step;
  }
}

/**
 * What a node's attempt does to the world, if that must not be done twice unasked: a name for its
 * target.
 */
export function effectOf(
  { runner }: Pick<StepPorts, 'runner'>,
  run: RunState,
  { node, at }: { readonly node: number; readonly at: number },
): string | undefined {
  const uses = usesOf(run, node);
  if (uses === undefined || roundOf(run, node).kind === 'probe') return undefined;
  if (runner.knowsItsCalls?.(uses) === true) return undefined;
  const { onAmbiguous, probe } = specOf(run, node);
  if (onAmbiguous !== undefined || probe !== undefined) return uses;
  const targetOf = runner.effectOf?.(uses);
  if (targetOf === undefined) return undefined;
  try {
    return targetOf(parametersOf(run, node, at));
  } catch {
    // The attempt itself will fail on its parameters, and say so; unless a hidden secret is to blame.
    return secretNamesOf(run, node).size > 0 ? uses : undefined;
  }
}

/** The end of a lost attempt whose effect may have happened, as the node wants it dealt with. */
export function ambiguous(
  ports: StepPorts,
  run: RunState,
  lost: AttemptEnded,
  unknown: NodeError = UNKNOWN_OUTCOME,
): AttemptEnded {
  const { node, at } = lost;
  if (effectOf(ports, run, { node, at }) === undefined) return lost;
  const { onAmbiguous, probe } = specOf(run, node);
  const byAction = ports.runner.ambiguityOf?.(usesOf(run, node) ?? '');
  const policy = probe !== undefined ? 'probe' : (onAmbiguous ?? byAction ?? 'retry');
  if (policy === 'retry') return lost;
  const { retryAt: _, ...ended } = lost;
  const error = { ...unknown };
  // A run that is being stopped does nothing about it any more.
  if (policy === 'fail' || run.phase !== 'work') return { ...ended, error };
  if (policy === 'ask') return askedAbout(ports, run, { ...ended, error }, 'ambiguous');
  const step = {
    ...byPolicy(ports, 'ambiguous', error),
    action: 'retry_job',
    probe: true,
  } as const;
  return { ...ended, error, recovery: completed(step, { at, newId: ports.newId }) };
}

/** The end of an attempt that is not followed by another before a person has decided. */
export function askedAbout(
  ports: Pick<StepPorts, 'newId'>,
  run: RunState,
  { retryAt: _, ...ended }: AttemptEnded,
  trigger: RecoveryTrigger,
): AttemptEnded {
  if (run.phase !== 'work') return ended;
  const step = { ...byPolicy(ports, trigger, ended.error), action: 'escalate_manual' } as const;
  return { ...ended, recovery: completed(step, { at: ended.at, newId: ports.newId }) };
}

/** What steps have in common that no rule of the run has called for. */
function byPolicy(
  { newId }: Pick<StepPorts, 'newId'>,
  trigger: RecoveryTrigger,
  error: NodeError | undefined,
): Omit<RecoveryStep, 'action'> {
  return {
    ...{ session: newId(), trigger, actor: 'policy', with: {} },
    ...(error !== undefined && { classification: error.classification }),
  };
}

const UNKNOWN_OUTCOME = {
  classification: 'infrastructure',
  type: 'outcome_unknown',
  message: 'The engine was gone in the middle of this: whether it took effect is not known.',
} as const;
