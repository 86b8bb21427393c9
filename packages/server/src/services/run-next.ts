/** Going on to the next phase of a run. */
import {
  type Advanced,
  type JsonObject,
  type NextPhase,
  OrchestrationError,
  type RunPhase,
} from '@tenuto/contract';
import { type Access, nextSignal, type RunRecord, startOf } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { retryJob } from './job-recover.ts';
import { auditOf, JobStateError, RUN_DOOR } from './job-state.ts';
import { tellJob } from './job-tell.ts';
import { shownStatus } from './job-view.ts';
import { findPhased, type PhasedParts, phasesOfRun } from './phased-find.ts';
import { GateBlockedError, gatesOfBlocked } from './run-blocked.ts';
import { currentPhase, GOES_ON, isBlocked, PHASE_OVER } from './run-phases.ts';

/** A run that was just made, or a phase that was just over, comes to rest in this time. */
const SETTLE_MS = 5_000;
const FIRST_LOOK_MS = 5;
const LAST_LOOK_MS = 250;

export interface NextWish {
  readonly runId: string;
  readonly body: NextPhase;
  /** How long the answer may wait for the end of the phase, in milliseconds; 0: not at all. */
  readonly waitMs: number;
}

/** `done`: the phase has been executed; otherwise it goes on. */
export interface Advance {
  readonly done: boolean;
  readonly answer: Advanced;
}

/** What waits of requests has to know of the server. */
export interface NextParts extends PhasedParts {
  readonly phase: () => string;
}

/** A run as it is at one moment. */
interface Seen {
  readonly run: RunRecord;
  readonly status: RunRecord['status'];
  readonly phases: readonly RunPhase[];
}

/**
 * Executes the phases that are ready, or again those that a gate has blocked, and waits for their
 * end.
 * @throws OrchestrationError 403, 404, 409 while a phase goes on and when the run is over, 422 with
 *   what the gates say when one blocks
 */
export async function nextPhase(
  parts: NextParts,
  caller: Caller,
  wish: NextWish,
): Promise<Advance> {
  const access = authorize(caller.principal, 'runs:write', 'runs');
  const skips = wish.body.skip_validation === true;
  if (skips) authorize(caller.principal, 'runs:override', 'skipping validation');
  const before = await atRest(parts, access, wish.runId);
  const executed = phasesToExecute(before);
  const again = executed.filter(isBlocked);
  if (skips) refuseDeaf(executed);
  const ready = again.length === 0 ? executed : await goBack(parts, caller, { ...before, again });
  if (ready === undefined) return underway(await look(parts, access, wish.runId), executed);
  for (const { phase } of ready.filter(({ auto_advance: goesOn }) => !goesOn)) {
    await tell(parts, caller, access, { run: before.run, phase, skips });
  }
  const ids = executed.map(({ phase }) => phase);
  const { seen, done } = await untilExecuted(parts, access, { ...wish, ids });
  const blocked = done
    ? seen.phases.filter((one) => ids.includes(one.phase) && isBlocked(one))
    : [];
  if (blocked.length > 0) throw await blockedError(parts, access, seen, blocked);
  return { done, answer: answerOf(seen, ids, done) };
}

/** The run has yet to be taken up again. */
function underway(seen: Seen, executed: readonly RunPhase[]): Advance {
  const ids = executed.map(({ phase }) => phase);
  const message = `The run is being taken back to ${ids.join(', ')}; look at it again shortly.`;
  return { done: false, answer: { ...answerOf(seen, ids, false), message } };
}

/** Looks until the run has come to rest where it is: it has just been made, or a phase is over. */
async function atRest(parts: NextParts, access: Access, runId: string): Promise<Seen> {
  return until(parts, SETTLE_MS, async () => {
    const seen = await look(parts, access, runId);
    return { seen, done: seen.run.over || seen.status !== 'running' || isAtRest(seen.phases) };
  }).then(({ seen }) => seen);
}

function isAtRest(phases: readonly RunPhase[]): boolean {
  const going = phases.some(({ status }) => GOES_ON.has(status));
  return going || phases.some(({ status }) => status === 'ready');
}

async function look(parts: NextParts, access: Access, runId: string): Promise<Seen> {
  const record = await findPhased(parts, access, runId);
  const status = shownStatus(record.run, parts.engine.live(record.run.runId));
  return { run: record.run, status, phases: await phasesOfRun(parts, access, record) };
}

/** @throws OrchestrationError 409 where nothing can be executed */
function phasesToExecute({ run, status, phases }: Seen): readonly RunPhase[] {
  const blocked = phases.filter(isBlocked);
  if (run.over && status === 'failed' && blocked.length > 0) return blocked;
  if (run.over || status === 'cancelled') throw overError(run, status, phases);
  const going = phases.find((phase) => GOES_ON.has(phase.status));
  if (going !== undefined) {
    const does = going.status === 'waiting' ? 'waits for a decision or a time' : 'is going on';
    throw new JobStateError({ ...run, status }, `The phase "${going.phase}" ${does}.`);
  }
  const ready = phases.filter((phase) => phase.status === 'ready');
  if (status === 'running' && ready.length > 0) return ready;
  const why =
    status === 'paused' ? 'resume it first' : 'none of its phases can be executed yet; try again';
  throw new JobStateError({ ...run, status }, `The run is ${status}: ${why}.`);
}

function overError(run: RunRecord, status: RunRecord['status'], phases: readonly RunPhase[]) {
  const failed = phases.find((phase) => phase.status === 'failed' || phase.status === 'timeout');
  const again = status === 'failed' || status === 'timeout';
  const how = again
    ? ` Retry it (POST /orchestration/job/${run.runId}/retry) or roll it back to a phase.`
    : ' Clone it to run it again.';
  const where = failed === undefined ? '' : ` in the phase "${failed.phase}"`;
  return new JobStateError({ ...run, status }, `The run is ${status}${where}.${how}`);
}

/** In a phase that goes on by itself nobody hears what is to be skipped. */
function refuseDeaf(phases: readonly RunPhase[]): void {
  const deaf = phases.find(({ auto_advance: goesOn }) => goesOn);
  if (deaf === undefined) return;
  const message = `cannot be said to "${deaf.phase}", which advances by itself`;
  throw new OrchestrationError('unprocessable', `/skip_validation ${message}.`, {
    validationErrors: [{ path: '/skip_validation', message }],
  });
}

/**
 * Takes a run that gates have failed back to where their phases began, and no other.
 * @returns those of the phases that wait to be told to go on; undefined when it takes too long
 */
async function goBack(
  parts: NextParts,
  caller: Caller,
  { run, again }: Seen & { readonly again: readonly RunPhase[] },
): Promise<readonly RunPhase[] | undefined> {
  const [first, ...others] = again.map(({ phase }) => startOf(phase));
  if (first === undefined) return [];
  const reason = `next, after gates have blocked ${again.map(({ phase }) => phase).join(', ')}`;
  const wish = { jobId: run.runId, ifMatch: undefined, async: false, door: RUN_DOOR } as const;
  const auditAs = 'run.reexecuted';
  await retryJob(parts, caller, {
    ...{ ...wish, auditAs, also: others },
    retry: { from: 'node', node_id: first, reason },
  });
  const access = authorize(caller.principal, 'runs:write', 'runs');
  const ends = new Map(again.map(({ phase, completed_at: end }) => [phase, end]));
  const { seen, done } = await until(parts, SETTLE_MS, async () => {
    const now = await look(parts, access, run.runId);
    return { seen: now, done: now.phases.some((one) => isTakenUp(one, ends.get(one.phase))) };
  });
  if (!done) return undefined;
  return seen.phases.filter((one) => ends.has(one.phase) && one.status === 'ready');
}

/** Whether a phase goes on again, or has ended again since. */
function isTakenUp({ status, completed_at: end }: RunPhase, before: string | null | undefined) {
  if (before === undefined) return false;
  return status === 'ready' || GOES_ON.has(status) || (PHASE_OVER.has(status) && end !== before);
}

/** Tells a phase to go on; only one of those who tell it at the same time is heard. */
async function tell(
  parts: NextParts,
  caller: Caller,
  access: Access,
  {
    run,
    phase,
    skips,
  }: { readonly run: RunRecord; readonly phase: string; readonly skips: boolean },
): Promise<void> {
  const { runId } = run;
  const payload: JsonObject = skips ? { skip_validation: true } : {};
  const { actor } = caller.principal;
  const action = skips ? 'run.validation_skipped' : 'run.advanced';
  const audit = auditOf(caller, action, runId, { phase });
  const awaited = parts.newId();
  const body = { actor, name: nextSignal(phase), payload, awaited };
  await tellJob(
    parts,
    access,
    { runId, type: 'signal', body, audit },
    { deed: 'taken to its next phase', async: false, id: awaited },
  );
}

/** Waits until the phases are over and the run has come to rest behind them. */
async function untilExecuted(
  parts: NextParts,
  access: Access,
  { runId, ids, waitMs }: Pick<NextWish, 'runId' | 'waitMs'> & { readonly ids: readonly string[] },
): Promise<{ readonly seen: Seen; readonly done: boolean }> {
  const executed = await until(parts, waitMs, async () => {
    const seen = await look(parts, access, runId);
    const over = seen.run.over || isExecuted(seen.phases, ids);
    // Nobody knows for how long it is paused: the answer does not wait for that.
    return { seen, over, done: over || seen.status === 'paused' };
  });
  if (!executed.over) return { seen: executed.seen, done: false };
  if (executed.seen.run.over) return executed;
  const { seen } = await until(parts, SETTLE_MS, async () => {
    const now = await look(parts, access, runId);
    const left = now.phases.some(({ status }) => !PHASE_OVER.has(status));
    return { seen: now, done: now.run.over || (left && isAtRest(now.phases)) };
  });
  return { seen, done: true };
}

/** What a phase has come to counts once it is durable: the end of its check is in its times. */
function isExecuted(phases: readonly RunPhase[], ids: readonly string[]): boolean {
  return phases
    .filter(({ phase }) => ids.includes(phase))
    .every(({ status, completed_at: end }) => PHASE_OVER.has(status) && end !== null);
}

/** Looks again and again, at growing distances, until it is done, the time is over or we drain. */
async function until<T extends { readonly done: boolean }>(
  { clock, phase }: NextParts,
  waitMs: number,
  attempt: () => Promise<T>,
): Promise<T> {
  const end = clock.mono() + waitMs;
  for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(lookMs * 1.5, LAST_LOOK_MS)) {
    const result = await attempt();
    if (result.done || clock.mono() >= end || phase() === 'draining') return result;
    await new Promise<void>((resolve) => void clock.after(lookMs, resolve));
  }
}

async function blockedError(
  parts: NextParts,
  access: Access,
  { run }: Seen,
  blocked: readonly RunPhase[],
): Promise<GateBlockedError> {
  const reports = await gatesOfBlocked(parts, access, run, blocked);
  return new GateBlockedError(run.runId, blocked, reports);
}

function answerOf({ run, status, phases }: Seen, ids: readonly string[], done: boolean): Advanced {
  const current = currentPhase(phases);
  const previous = ids.at(-1) ?? null;
  return {
    run_id: run.runId,
    previous_phase: previous,
    current_phase: current,
    status,
    message: messageOf({ status, phases, ids, done, current }),
  };
}

function messageOf(of: {
  readonly status: RunRecord['status'];
  readonly phases: readonly RunPhase[];
  readonly ids: readonly string[];
  readonly done: boolean;
  readonly current: string | null;
}): string {
  const { status, phases, ids, done, current } = of;
  const which = ids.length === 1 ? `The phase ${ids[0]}` : `The phases ${ids.join(', ')}`;
  if (!done) return `${which} ${ids.length === 1 ? 'is' : 'are'} being executed.`;
  const failed = phases.find((one) => ids.includes(one.phase) && one.status !== 'completed');
  if (failed !== undefined) {
    const why = failed.error === null ? '' : `: ${failed.error.message}`;
    return `The phase ${failed.phase} is ${failed.status}${why}`;
  }
  const have = ids.length === 1 ? 'has' : 'have';
  if (status === 'completed') return `${which} ${have} completed, and the run with it.`;
  const ready = phases.filter((one) => one.status === 'ready').map(({ phase }) => phase);
  const next =
    ready.length > 0
      ? `${ready.join(', ')} ${ready.length === 1 ? 'waits' : 'wait'} for next`
      : `${current ?? 'the run'} goes on`;
  return `${which} ${have} completed; ${next}.`;
}
