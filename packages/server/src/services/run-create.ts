import { type CreatedRun, type CreateRun, formatTime, timeOfId } from '@tenuto/contract';
import type { Access, PhasedInput, RunRecord, StoredInput, Submission } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { makeOnce, readIdempotency } from './idempotency.ts';
import { auditOf } from './job-state.ts';
import { refuseWhenFull } from './job-submit.ts';
import { shownStatus } from './job-view.ts';
import { findPhased, type PhasedParts, phasesOfRun } from './phased-find.ts';
import { readRun } from './run-input.ts';
import { currentPhase } from './run-phases.ts';

/**
 * Makes a run of a profile; its answer is sent only after the commit. The same key with the same
 * body answers with the run that the first request made.
 * @throws OrchestrationError 422 as `readRun`, and for a key used with another body, 429, 503
 */
export function createRun(
  parts: PhasedParts,
  caller: Caller,
  { body, key }: { readonly body: CreateRun; readonly key: string | undefined },
): Promise<CreatedRun> {
  const access = authorize(caller.principal, 'runs:write', 'runs');
  return makeRun(parts, {
    ...{ access, asked: ['run', body], key },
    submission: async () => submissionOf(parts, caller, access, body),
  });
}

/** A run of a profile that is to be stored. */
export interface PhasedSubmission extends Submission {
  readonly input: StoredInput & { readonly phased: PhasedInput };
}

/** Makes a run once. */
export async function makeRun(
  parts: PhasedParts,
  of: {
    readonly access: Access;
    /** What is asked for. */
    readonly asked: unknown;
    readonly key: string | undefined;
    /** Asked only when the key is new. */
    submission(): Promise<PhasedSubmission>;
  },
): Promise<CreatedRun> {
  const { access, key } = of;
  const { owner } = access;
  const idempotency = readIdempotency(key, of.asked);
  return makeOnce(
    parts,
    { owner, idempotency, what: 'run' },
    {
      find: async (runId) => {
        const run = await parts.jobs.find(access, runId);
        return run && createdView(parts, access, run);
      },
      make: async (keyed) => {
        refuseWhenFull(parts);
        const submission = await of.submission();
        const result = await parts.gate.submit({ owner, admin: access.all }, () =>
          parts.engine.submit({ ...submission, ...keyed }),
        );
        return result.duplicate ? 'duplicate' : freshView(submission, result);
      },
    },
  );
}

async function submissionOf(
  parts: PhasedParts,
  caller: Caller,
  access: Access,
  body: CreateRun,
): Promise<PhasedSubmission> {
  const { found, job, input } = await readRun(parts, { access, asked: body });
  const { phased } = input;
  const { profile } = found;
  const { actor } = caller.principal;
  const name = body.project_name ?? profile.title ?? profile.name;
  const details = { name, profile: profile.name, profile_version: found.version };
  return {
    ...{ plan: job.plan, input, owner: access.owner, triggeredBy: actor, name, kind: 'phased' },
    ...{ jobType: phased.profile, priority: 5 },
    ...(profile.description !== undefined && { description: profile.description }),
    // The body came through the JSON reader, so what it holds is JSON.
    ...(body.metadata !== undefined && { metadata: body.metadata as RunRecord['metadata'] }),
    audit: auditOf(caller, 'run.created', '', { ...details, plan: job.plan.hash }),
  };
}

/** The row as it was written, without reading it back. */
function freshView(
  { input }: PhasedSubmission,
  { runId, status }: Pick<RunRecord, 'runId' | 'status'>,
): CreatedRun {
  const { phased } = input;
  const at = formatTime(timeOfId(runId));
  return {
    ...{ run_id: runId, profile: phased.profile, project_name: phased.projectName },
    ...{ current_phase: phased.phases[0]?.id ?? null, status, created_at: at, updated_at: at },
  };
}

/** A run of a profile as its making answers. */
export async function createdView(
  parts: PhasedParts,
  access: Access,
  run: RunRecord,
): Promise<CreatedRun> {
  const { phased } = await findPhased(parts, access, run.runId);
  const phases = await phasesOfRun(parts, access, { run, phased });
  const changed = run.completedAt ?? run.startedAt ?? run.createdAt;
  return {
    run_id: run.runId,
    profile: phased.profile,
    project_name: phased.projectName,
    current_phase: currentPhase(phases),
    status: shownStatus(run, parts.engine.live(run.runId)),
    created_at: formatTime(run.createdAt),
    updated_at: formatTime(changed),
  };
}
