import type { RecoveryParameters, RecoveryRule } from '@tenuto/contract';
import { RECOVERY_ACTIONS, RESOLUTIONS } from '@tenuto/contract';
import type { RecoveryRules } from '@tenuto/engine';
import type { Dice } from '../dice.ts';

/** Draws what a run does about failures that its retries do not mend. */
export function drawPolicy(dice: Dice): RecoveryRules {
  return {
    rules: Array.from({ length: dice.int(1, 4) }, () => drawRule(dice)),
    ...(dice.chance(0.2) && { stallLimitMs: dice.pick([1_000, 3_000]) }),
  };
}

function drawRule(dice: Dice): RecoveryRule {
  const action = dice.pick(RECOVERY_ACTIONS);
  return {
    action,
    with: drawParameters(dice, action),
    ...(dice.chance(0.5) && { when: drawCondition(dice) }),
  };
}

function drawCondition(dice: Dice): NonNullable<RecoveryRule['when']> {
  return dice.pick([
    { classification: 'infrastructure' },
    { classification: ['transient', 'unknown', 'rate_limited'] },
    { classification: 'permanent' },
    { status: 'timeout' },
    { status: ['stalled', 'deadline'] },
    { node: dice.pick(['n0', 'n1', 'n2']) },
  ] as const satisfies readonly NonNullable<RecoveryRule['when']>[]);
}

/** Parameters for an action, in a policy or by hand. */
export function drawParameters(dice: Dice, action: RecoveryRule['action']): RecoveryParameters {
  switch (action) {
    case 'retry_job':
    case 'requeue_job':
      return { delay_ms: dice.pick([0, 50, 1_000]), max_times: dice.int(1, 3) };
    case 'rollback_state':
      return {
        ...(dice.chance(0.3) && { to: 'start' }),
        ...(dice.chance(0.6) && { after: dice.pick(['resume', 'fail', 'abort'] as const) }),
      };
    case 'skip_node':
      return { result: { skipped: true } };
    case 'escalate_manual':
      return {
        ...(dice.chance(0.3) && { assignee: 'ann' }),
        ...(dice.chance(0.6) && {
          deadline_seconds: dice.int(1, 3),
          default: dice.pick(RESOLUTIONS),
        }),
      };
    default:
      return {};
  }
}
