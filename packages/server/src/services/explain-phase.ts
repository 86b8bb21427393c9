/** Why a run of a profile stands before a phase, and who can have it go on. Pure. */
import type { ReasonToWait } from '@tenuto/contract';
import { reason } from './explain-reason.ts';

/** A phase that waits to be told to go on. */
export interface ReadyPhase {
  readonly id: string;
  readonly name: string;
}

/** @param phases one or more of them */
export function phaseReason(
  { owner }: { readonly owner: string },
  phases: readonly ReadyPhase[],
): ReasonToWait {
  const names = phases.map(({ name }) => `"${name}"`).join(', ');
  const [subject, verb] = phases.length === 1 ? ['The phase', 'waits'] : ['The phases', 'wait'];
  return reason('phase', {
    detail: `${subject} ${names} ${verb} for somebody to say next.`,
    frees: `Its owner (${owner}) or an administrator, with the scope runs:write: Next in the console, "tenuto run next", or POST /runs/{run_id}/next.`,
    of: { phases: phases.map(({ id }) => id), owner, scope: 'runs:write' },
  });
}
