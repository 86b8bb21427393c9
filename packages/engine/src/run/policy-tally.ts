/**
 * What came of the nodes that ran under stored retry policies, until the run ends. A node counts
 * once for each round of work: from its first attempt to the one that is not made again.
 */
import type { StoredPolicy } from '../plan/index.ts';
import type { AttemptEnded } from './event.ts';
import { attemptsInRound, roundOf } from './round.ts';
import { type PolicyTally, type RunState, specOf } from './state.ts';

/** Counts a node whose attempts are over; what was stopped from outside says nothing of a policy. */
export function tallyEnd(run: RunState, { node, attempt, status, retryAt }: AttemptEnded): void {
  const { retryFrom } = specOf(run, node);
  if (retryFrom === undefined || retryAt !== undefined || status === 'cancelled') return;
  if (run.phase === 'stopping' || roundOf(run, node).kind !== 'work') return;
  const tally = tallyOf(run, retryFrom);
  const attempts = attemptsInRound(run, node, attempt);
  const completed = status === 'completed' ? 1 : 0;
  tally.nodes += 1;
  tally.completed += completed;
  tally.attempts += attempts;
  if (attempts < 2) return;
  tally.retried += 1;
  tally.recovered += completed;
}

function tallyOf(run: RunState, policy: StoredPolicy): PolicyTally {
  const known = run.tallies.get(policy);
  if (known !== undefined) return known;
  const tally = { nodes: 0, completed: 0, attempts: 0, retried: 0, recovered: 0 };
  run.tallies.set(policy, tally);
  return tally;
}
