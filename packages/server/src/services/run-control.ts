/** Stopping, pausing and taking back runs, in the words of runs. */
import type { RollbackRun, RunDetail } from '@tenuto/contract';
import { startOf } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { cancelJob } from './job-change.ts';
import { findJob } from './job-find.ts';
import { pauseJob, resumeJob } from './job-pause.ts';
import { recoverJob } from './job-recover.ts';
import { RUN_DOOR } from './job-state.ts';
import { findPhased, type PhasedParts, refuseUnknownPhase } from './phased-find.ts';
import { detailOf } from './runs.ts';

/** What is asked of a run, as headers and address say it. */
export interface RunWish {
  readonly runId: string;
  readonly ifMatch: string | undefined;
  /** Answer at once that it is on its way. */
  readonly async: boolean;
}

/** `done`: it has been acted on, and the run shows it. */
export interface RunActed {
  readonly run: RunDetail;
  readonly done: boolean;
}

export type RunDeed = 'cancel' | 'pause' | 'resume';

/** @throws OrchestrationError as the same deed on a job does */
export async function changeRun(
  parts: PhasedParts,
  caller: Caller,
  wish: RunWish & { readonly deed: RunDeed; readonly reason: string | undefined },
): Promise<RunActed> {
  const { deed, runId, reason, ...how } = wish;
  const asked = { jobId: runId, reason, door: RUN_DOOR, ...how };
  const acted =
    deed === 'cancel'
      ? await cancelJob(parts, caller, { ...asked, mode: 'graceful' })
      : await (deed === 'pause' ? pauseJob : resumeJob)(parts, caller, asked);
  return seen(parts, caller, runId, acted.done);
}

/**
 * Takes a run back to where a phase began: what was done since is undone, and the phase is to be
 * executed again.
 * @throws OrchestrationError 404, 409 when the run has no phases, has not reached that one, or is
 *   final, 422 for a phase that it does not have
 */
export async function rollBackRun(
  parts: PhasedParts,
  caller: Caller,
  { runId, ifMatch, async, body }: RunWish & { readonly body: RollbackRun },
): Promise<RunActed> {
  const access = authorize(caller.principal, 'runs:write', 'runs');
  const { phased } = await findPhased(parts, access, runId);
  const { phase, reason = `rollback to ${phase}` } = body;
  refuseUnknownPhase(phased, phase, '/phase');
  const acted = await recoverJob(parts, caller, {
    ...{ jobId: runId, ifMatch, async, door: RUN_DOOR, auditAs: 'run.rolled_back' },
    recovery: { action: 'rollback_state', reason, with: { to: startOf(phase) } },
  });
  return seen(parts, caller, runId, acted.done);
}

async function seen(
  parts: PhasedParts,
  { principal }: Caller,
  runId: string,
  done: boolean,
): Promise<RunActed> {
  const access = authorize(principal, 'runs:write', 'runs');
  const run = await detailOf(parts, access, await findJob(parts, access, runId));
  return { run, done };
}
