import type { RunStatus } from '@tenuto/contract';
import type { Access, Hold, InboxBody, RunRecord } from '@tenuto/engine';
import type { Caller } from '../auth/principal.ts';
import { findJob } from './job-find.ts';
import { fullView } from './job-read.ts';
import {
  admit,
  auditOf,
  JOB_DOOR,
  JobStateError,
  mayBecome,
  refuseStale,
  stale,
  wantedVersion,
  wrongState,
} from './job-state.ts';
import { type Acted, tellJob, type Wish } from './job-tell.ts';
import { shownStatus } from './job-view.ts';
import type { JobParts } from './services.ts';

interface Pause extends Wish {
  readonly reason: string | undefined;
}

/**
 * Lets nothing more of a job start. One that has not started is held back in the queue.
 * @throws OrchestrationError 404, 409, 412
 */
export function pauseJob(parts: JobParts, caller: Caller, wish: Pause): Promise<Acted> {
  return change(parts, caller, { ...wish, type: 'pause', deed: 'paused', to: 'paused' });
}

/** @throws OrchestrationError 404, 409 unless it is paused, 412 */
export function resumeJob(parts: JobParts, caller: Caller, wish: Pause): Promise<Acted> {
  return change(parts, caller, { ...wish, type: 'resume', deed: 'resumed', to: 'running' });
}

interface Change extends Pause {
  readonly type: 'pause' | 'resume';
  readonly deed: string;
  readonly to: RunStatus;
}

async function change(parts: JobParts, caller: Caller, wanted: Change): Promise<Acted> {
  const { type, deed, reason, async, door = JOB_DOOR } = wanted;
  const access = admit(caller, door);
  const run = await findJob(parts, access, wanted.jobId);
  refuseStale(run, wanted.ifMatch);
  const status = shownStatus(run, parts.engine.live(run.runId));
  const possible = type === 'pause' ? mayBecome(status, 'paused') : status === 'paused';
  if (!possible) throw wrongState({ ...run, status }, deed);
  const body: InboxBody['pause'] = {
    actor: caller.principal.actor,
    ...(reason !== undefined && { reason }),
  };
  const { runId } = run;
  const version = wantedVersion(run, wanted.ifMatch);
  const details = reason === undefined ? {} : { reason };
  const audit = auditOf(caller, `${door.noun}.${deed}`, runId, details);
  const hold = { runId, held: type === 'pause', ...version, ...details, audit };
  if (run.startedAt === null) {
    const held = await holdBack(parts, access, run, hold);
    if (held !== undefined) return held;
  }
  const shows = ({ status: now }: RunRecord) => (now === 'paused') === (type === 'pause');
  const acted = await tellJob(
    parts,
    access,
    { runId, type, body, ...version, audit },
    {
      deed,
      async,
      shows,
    },
  );
  // It ended before its owner could hold anything of it back.
  if (type === 'pause' && acted.done && acted.job.status !== 'paused') {
    throw wrongState({ runId, status: acted.job.status }, deed);
  }
  return acted;
}

/** Holds a run back that has not started, or lets it go; undefined when it has started meanwhile. */
async function holdBack(
  parts: JobParts,
  access: Access,
  before: RunRecord,
  hold: Hold,
): Promise<Acted | undefined> {
  const result = await parts.jobs.hold(access, hold);
  if (result === 'started') return undefined;
  const run = await findJob(parts, access, before.runId);
  if (result === 'stale') throw stale(run);
  if (result === 'unchanged') {
    throw new JobStateError(run, `The job is ${hold.held ? '' : 'not '}held back already.`);
  }
  return { job: await fullView(parts, access, run), done: true };
}
