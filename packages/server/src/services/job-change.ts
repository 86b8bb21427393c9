import { type EditJob, type Job, OrchestrationError, parseTime } from '@tenuto/contract';
import type { Access, RunEdit, RunRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { findJob } from './job-find.ts';
import { fullView } from './job-read.ts';
import {
  admit,
  auditOf,
  type ChangeDoor,
  JOB_DOOR,
  refuseStale,
  stale,
  wantedVersion,
  wrongState,
} from './job-state.ts';
import type { JobParts } from './services.ts';

/** How long a cancel waits for the owner before it answers that it is on its way. */
const CANCEL_WAIT_MS = 2_000;
const CANCEL_LOOK_MS = 25;

interface CancelJob {
  readonly jobId: string;
  readonly mode: 'graceful' | 'immediate';
  readonly reason?: string | undefined;
  readonly ifMatch: string | undefined;
  /** Answer at once that the cancel is on its way. */
  readonly async: boolean;
  /** As what it is asked for; a job when absent. */
  readonly door?: ChangeDoor;
}

/**
 * Asks for the job's end and waits a short while for it.
 * @returns the job; `done` says whether it is cancelled by now
 * @throws OrchestrationError 404, 409 when the job is final, 412
 */
export async function cancelJob(
  parts: JobParts,
  caller: Caller,
  { jobId, mode, reason, ifMatch, async, door = JOB_DOOR }: CancelJob,
): Promise<{ readonly job: Job; readonly done: boolean }> {
  const access = admit(caller, door);
  const before = await findJob(parts, access, jobId);
  refuseStale(before, ifMatch);
  const { runId } = before;
  const why = reason === undefined ? {} : { reason };
  const audit = auditOf(caller, `${door.noun}.cancel_requested`, runId, { mode, ...why });
  const version = wantedVersion(before, ifMatch);
  const result = await parts.jobs.cancel(access, { runId, mode, ...version, ...why, audit });
  if (result === 'asked') parts.engine.poke(runId);
  const run =
    result === 'asked'
      ? await untilStopped(parts, access, { runId, waitMs: async ? 0 : CANCEL_WAIT_MS })
      : await findJob(parts, access, runId);
  if (result === 'stale') throw stale(run);
  if (result === 'final') throw wrongState(run, 'cancelled');
  const job = await fullView(parts, access, run);
  const done = run.status === 'cancelled' || run.status === 'aborted';
  if (run.over && !done) throw wrongState(run, 'cancelled');
  return { job: done ? job : { ...job, cancelling: true }, done };
}

/** Looks at the row, not at memory: only what is committed may be acknowledged. */
async function untilStopped(
  parts: JobParts,
  access: Access,
  { runId, waitMs }: { readonly runId: string; readonly waitMs: number },
): Promise<RunRecord> {
  const { clock, engine } = parts;
  const until = clock.mono() + waitMs;
  for (;;) {
    const run = await findJob(parts, access, runId);
    if (run.over || run.status === 'cancelled' || clock.mono() >= until) return run;
    if (engine.live(runId) === undefined) await pause(clock);
    else if (!(await engine.ended(runId, CANCEL_LOOK_MS))) continue;
  }
}

function pause(clock: JobParts['clock']): Promise<void> {
  return new Promise((resolve) => {
    clock.after(CANCEL_LOOK_MS, resolve);
  });
}

interface ChangeJob {
  readonly jobId: string;
  readonly changes: EditJob;
  readonly ifMatch: string | undefined;
}

/**
 * Changes a job that has not started.
 * @throws OrchestrationError 404, 409 once it has started, 412 when `ifMatch` is not its version, 422
 * when it would start past its deadline
 */
export async function editJob(
  parts: JobParts,
  caller: Caller,
  { jobId, changes, ifMatch }: ChangeJob,
): Promise<Job> {
  const access = authorize(caller.principal, 'jobs:write', 'jobs');
  const before = await findJob(parts, access, jobId);
  refuseStale(before, ifMatch);
  const { runId } = before;
  const { scheduled_at: scheduledAt, tags, metadata, priority } = changes;
  const startsAt = scheduledAt === undefined ? undefined : timeOf(scheduledAt);
  refusePastDeadline(before, startsAt);
  const edit: RunEdit = {
    runId,
    ...wantedVersion(before, ifMatch),
    ...(priority !== undefined && { priority }),
    ...(tags !== undefined && { tags: [...new Set(tags)] }),
    ...(metadata !== undefined && { metadata: metadata as RunRecord['metadata'] }),
    ...(startsAt !== undefined && { scheduledAt: startsAt }),
    audit: auditOf(caller, 'job.edited', runId, { fields: Object.keys(changes) }),
  };
  const result = await parts.jobs.edit(access, edit);
  const run = await findJob(parts, access, runId);
  if (result === 'stale') throw stale(run);
  if (result !== 'edited') throw wrongState(run, 'changed');
  return fullView(parts, access, run);
}

function refusePastDeadline({ input }: RunRecord, startsAt: number | null | undefined): void {
  if (startsAt === undefined || startsAt === null) return;
  if (startsAt < (input.deadlineAt ?? Number.POSITIVE_INFINITY)) return;
  const message = 'is not before deadline_at';
  throw new OrchestrationError('unprocessable', `/scheduled_at ${message}.`, {
    validationErrors: [{ path: '/scheduled_at', message }],
  });
}

function timeOf(text: string | null): number | null {
  const at = text === null ? null : parseTime(text);
  if (at !== undefined) return at;
  const message = 'is not an RFC 3339 time';
  throw new OrchestrationError('validation_failed', `/scheduled_at ${message}.`, {
    validationErrors: [{ path: '/scheduled_at', message }],
  });
}
