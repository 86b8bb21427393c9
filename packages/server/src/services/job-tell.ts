/** Telling a run something, and waiting a short while for its owner to act on it. */
import type { Job, RunStatus } from '@tenuto/contract';
import type { Access, EventRecord, InboxType, RunMessage, RunRecord } from '@tenuto/engine';
import { findJob } from './job-find.ts';
import { fullView } from './job-read.ts';
import { type ChangeDoor, JobStateError, stale, wrongState } from './job-state.ts';
import type { JobParts } from './services.ts';

/** How long a request waits for the owner before it answers that its wish is on its way. */
const WAIT_MS = 2_000;
/** The first looks come soon after one another: an owner in this process needs a few ms. */
const FIRST_LOOK_MS = 4;
const LAST_LOOK_MS = 50;

/** A request to change a job, as its headers and its address say it. */
export interface Wish {
  readonly jobId: string;
  readonly ifMatch: string | undefined;
  /** Answer at once that it is on its way. */
  readonly async: boolean;
  /** As what it is asked for; a job when absent. */
  readonly door?: ChangeDoor;
}

/** `done`: its owner has acted, and the job shows it. */
export interface Acted {
  readonly job: Job;
  readonly done: boolean;
}

interface Told {
  readonly runId: string;
  readonly type: InboxType;
  /** As it stands behind "cannot be". */
  readonly deed: string;
  readonly async: boolean;
  /** Of a message that a refusal names: those of others are not its own. */
  readonly id?: string;
  /** Whether the row shows that the owner has acted, besides having heard. */
  readonly shows?: (run: RunRecord) => boolean;
}

/**
 * Tells a run that is not over something, and waits.
 * @throws OrchestrationError 404, 412, and 409 when it is over or its owner refuses
 */
export async function tellJob(
  parts: JobParts,
  access: Access,
  message: RunMessage,
  told: Omit<Told, 'runId' | 'type'>,
): Promise<Acted> {
  const { runId, type } = message;
  const since = await lastRefusal(parts, access, runId);
  const result = await parts.jobs.tell(access, message);
  if (result !== 'told') {
    const run = await findJob(parts, access, runId);
    throw result === 'stale' ? stale(run) : wrongState(run, told.deed);
  }
  return untilActed(parts, access, { ...told, runId, type }, since);
}

/**
 * Waits until the owner has heard what it was told.
 * @param since the last of its refusals before it was told
 * @throws OrchestrationError 409 when it refuses
 */
export async function untilActed(
  parts: JobParts,
  access: Access,
  { runId, type, async, id, shows = () => true }: Told,
  since: number,
): Promise<Acted> {
  const { clock, engine, jobs } = parts;
  engine.poke(runId);
  const until = clock.mono() + (async ? 0 : WAIT_MS);
  for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(lookMs * 2, LAST_LOOK_MS)) {
    const heard = await jobs.heard(access, runId);
    const run = await findJob(parts, access, runId);
    if (heard) await throwRefusal(parts, access, { run, type, since, id });
    const done = heard && (run.over || shows(run));
    if (done || clock.mono() >= until) return { job: await fullView(parts, access, run), done };
    await new Promise<void>((resolve) => void clock.after(lookMs, resolve));
  }
}

/** The number of the last message that the run's owner has refused; 0 when there is none. */
export async function lastRefusal(
  { jobs }: Pick<JobParts, 'jobs'>,
  access: Access,
  runId: string,
): Promise<number> {
  return (await jobs.events(access, runId, ['refused'])).at(-1)?.seq ?? 0;
}

async function throwRefusal(
  { jobs }: JobParts,
  access: Access,
  {
    run,
    type,
    since,
    id,
  }: {
    readonly run: RunRecord;
    readonly type: InboxType;
    readonly since: number;
    readonly id: string | undefined;
  },
): Promise<void> {
  const refusals = await jobs.events(access, run.runId, ['refused']);
  const refusal = refusals.find(
    ({ seq, body }) => seq > since && body.message === type && (body.id ?? id) === id,
  );
  if (refusal !== undefined) throw new JobStateError(run, reasonOf(refusal, run.status));
}

function reasonOf({ body: { reason } }: EventRecord, status: RunStatus): string {
  return typeof reason === 'string' ? reason : `The job is ${status}.`;
}
