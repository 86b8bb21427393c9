/** Time that a run spends with nothing to do but wait: it is not charged for it. */
import type { Owned } from './owned.ts';
import type { Clock } from './ports/clock.ts';
import type { NodeWait } from './run/index.ts';

/**
 * Notes whether the run only waits from now on.
 *
 * @returns for how many ms it did, when that is over now
 */
export function noteIdle(owned: Owned, clock: Clock): number {
  if (isIdle(owned)) {
    owned.idleSince ??= clock.wall();
    return 0;
  }
  if (owned.idleSince === undefined) return 0;
  const idleMs = Math.max(0, clock.wall() - owned.idleSince);
  owned.idleMs += idleMs;
  owned.idleSince = undefined;
  return idleMs;
}

/**
 * A restored run that only waits does so since the last that happened to it, in memory or not. To
 * be asked before anything else happens to it here: what was going on ends as lost, and what has
 * reached it may end the wait.
 */
export function restoreIdle(owned: Owned): void {
  if (isIdle(owned)) owned.idleSince ??= owned.run.now;
}

/** What it has waited until the last that happened to it; since then it does by `restoreIdle`. */
export function idleUntilNow({ idleMs, idleSince, run }: Owned): number {
  return idleMs + Math.max(0, run.now - (idleSince ?? run.now));
}

/** A pause counts as such from its first moment, also while attempts that it found are going on. */
function isIdle({ run }: Owned): boolean {
  return run.paused || (run.slots === 0 && run.ready.length === 0 && run.waits.size > 0);
}

/**
 * When the run is out of time, in ms since the epoch: its timeout does not count waiting, its
 * deadline does.
 */
export function timeLimitOf(owned: Owned, now: number): number {
  const { timeoutMs, deadlineAt } = owned.run.input;
  const idleMs = owned.idleMs + (owned.idleSince === undefined ? 0 : now - owned.idleSince);
  const since = owned.run.reopenedAt ?? owned.startedAt;
  const worked = since + timeoutMs + idleMs;
  return Math.min(worked, deadlineAt ?? Number.POSITIVE_INFINITY);
}

/**
 * Until when a run that only waits has nothing to do; undefined when something may come before.
 *
 * @param lookAgain when to look again at other runs that it waits for; without, they may end any time
 */
export function nextWake(owned: Owned, lookAgain?: number): number | undefined {
  const { input, waits, paused, slots } = owned.run;
  if (owned.idleSince === undefined || slots > 0) return undefined;
  let wake = Math.min(input.deadlineAt ?? NEVER_MS, NEVER_MS);
  if (paused) return wake;
  for (const wait of waits.values()) {
    const until = endOf(wait, lookAgain);
    if (until === undefined) return undefined;
    wake = Math.min(wake, until);
  }
  return wake;
}

/** A message wakes a run that leaves until then. */
const NEVER_MS = Date.UTC(9999, 0, 1);

function endOf(wait: NodeWait, lookAgain: number | undefined): number | undefined {
  // A circuit may be closed at any moment, by a probe or by hand.
  if (wait.kind === 'run' || wait.kind === 'circuit') return lookAgain;
  return wait.kind === 'intervention' ? NEVER_MS : (wait.until ?? NEVER_MS);
}
