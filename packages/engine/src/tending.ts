/** Looking after runs: their time limits, their stalls, their parking, and what others see of them. */

import type { DriverPorts } from './driver-ports.ts';
import { nextWake, timeLimitOf } from './idle.ts';
import { noteProgress, releaseRun } from './leaving.ts';
import type { Owned } from './owned.ts';
import { decide } from './recovery-steps.ts';
import { RUN } from './run/index.ts';
import { abortRun, PROGRESS_EVERY_MS, recoverRun, stopRun } from './run-driver.ts';

/** A run stays for so long at least: long enough to hear whether what it waits for has ended. */
const STAY_MS = 3_000;
/** A run that made room looks again after this long at the runs it waits for. */
const LOOK_AGAIN_MS = 10_000;

/** Looks after a run's time limits, its parking and what others see of it. */
export function tendRun(ports: DriverPorts, owned: Owned): void {
  const { clock } = ports;
  if (owned.dropped || owned.leaving || !owned.stored || owned.run.phase === 'over') return;
  const now = clock.wall();
  if (isGoing(owned) && now >= timeLimitOf(owned, now)) {
    outOfTime(ports, owned, now);
    return;
  }
  if (isStalled(owned, clock.mono()) && recoverStalled(ports, owned, now)) return;
  const wake = parkUntil(ports, owned, now);
  if (wake !== undefined) releaseRun(owned, wake);
  else if (clock.mono() - owned.progressAt >= PROGRESS_EVERY_MS) noteProgress(owned, clock);
}

/**
 * Stops a run that comes into memory past its deadline, or does what its policy says. How long it
 * has worked is not known yet: nodes that wait for a circuit have to ask again first.
 */
export function endPastDeadline(ports: DriverPorts, owned: Owned): void {
  const now = ports.clock.wall();
  const { deadlineAt = Number.POSITIVE_INFINITY } = owned.run.input;
  if (!owned.dropped && !owned.leaving && isGoing(owned) && now >= deadlineAt) {
    outOfTime(ports, owned, now);
  }
}

function isGoing({ run: { status } }: Owned): boolean {
  return status === 'running' || status === 'paused';
}

/**
 * Until when a run may leave memory, if it may: for long when it has nothing to do for long, for a
 * little when others need its room. The runs that it waits for may be among them.
 */
function parkUntil(ports: DriverPorts, owned: Owned, now: number): number | undefined {
  const settled = ports.clock.mono() - owned.arrivedAt >= STAY_MS;
  const crowded = settled && ports.crowded();
  const wake = nextWake(owned, crowded ? now + LOOK_AGAIN_MS : undefined);
  const least = crowded ? Math.min(STAY_MS, ports.parkAfterMs) : ports.parkAfterMs;
  return wake !== undefined && wake - now > least ? wake : undefined;
}

/** A policy may have a run that is out of time undone or aborted; else it ends as `timeout`. */
function outOfTime(ports: DriverPorts, owned: Owned, now: number): void {
  const of = { trouble: { status: 'deadline' }, trigger: 'deadline', at: now } as const;
  const { run } = owned;
  const policy = run.input.recovery !== undefined && run.phase === 'work';
  const step = policy ? decide(ports, run, of) : undefined;
  if (step === undefined) {
    stopRun(ports, owned, { status: 'timeout', grace: true, reason: 'time limit' });
  } else if (step.action === 'abort_execution') {
    abortRun(ports, owned, step);
  } else {
    recoverRun(ports, owned, { step });
  }
}

/** Whether attempts are going on and nothing has come of them for as long as the policy allows. */
function isStalled(owned: Owned, mono: number): boolean {
  const { run, seq } = owned;
  const limit = run.input.recovery?.stallLimitMs;
  if (limit === undefined) return false;
  if (owned.movedSeq !== seq || run.slots === 0 || run.phase !== 'work') {
    owned.movedSeq = seq;
    owned.movedAt = mono;
    return false;
  }
  return mono - owned.movedAt >= limit && !run.sessions.has(RUN);
}

function recoverStalled(ports: DriverPorts, owned: Owned, now: number): boolean {
  owned.movedAt = ports.clock.mono();
  const of = { trouble: { status: 'stalled' }, trigger: 'stalled', at: now } as const;
  const step = decide(ports, owned.run, of);
  if (step === undefined) return false;
  if (step.action === 'abort_execution') abortRun(ports, owned, step);
  else recoverRun(ports, owned, { step });
  return true;
}
