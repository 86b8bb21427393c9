import { AgentStop } from './failure.ts';
import type { AgentSession, CallPlace } from './session.ts';
import { usd } from './usd.ts';

export interface UnknownCall {
  readonly place: CallPlace;
  readonly target: string;
  /** What it may have cost; undefined for a tool, whose price nobody knows. */
  readonly estimateNanoUsd: number | undefined;
  /** An attempt before this one began it: a person may have been asked about it. */
  readonly fromBefore: boolean;
  /** The ledger knows that a person has said so. */
  readonly approved?: boolean;
}

/**
 * Decides about a call of which nobody knows whether it happened: it returns when the call may be
 * made again.
 * @throws AgentStop that asks a person, or ends the attempt, as `on_ambiguous` says
 */
export function allowRepeat(session: AgentSession, unknown: UnknownCall): void {
  const { estimateNanoUsd: estimate, fromBefore, target, approved } = unknown;
  if (fromBefore && (session.takeDecision() || approved === true)) {
    session.say(`It was decided to call ${target} again.`);
    return;
  }
  const cheap = estimate !== undefined && estimate <= session.options.askAboveUsd * 1e9;
  const policy = session.policy ?? (cheap ? 'retry' : 'ask');
  if (policy === 'retry') {
    session.say(`Whether ${target} was called is not known; it is called again.`);
    return;
  }
  throw new AgentStop({
    classification: policy === 'fail' ? 'permanent' : 'unknown',
    type: 'outcome_unknown',
    message: told(unknown),
    ...(policy !== 'fail' && { ask: 'ambiguous' }),
    details: { loop: unknown.place.loop, step: unknown.place.step, target },
  });
}

function told({ place, target, estimateNanoUsd: estimate }: UnknownCall): string {
  const price = estimate === undefined || estimate === 0 ? '' : `, about ${usd(estimate)},`;
  const where = `step ${place.step + 1} of ${place.agent}`;
  return `Whether the call of ${target} in ${where} took place is not known: it was cut off. Calling it again${price} may do it, and pay for it, twice; retry allows that.`;
}
