import type {
  Json,
  List,
  RunDetail,
  RunKind,
  RunStatus,
  RunView,
  WaitingFor,
} from '@tenuto/contract';
import type { Access, RunRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { runReasons } from './explain.ts';
import { phaseReason, type ReadyPhase } from './explain-phase.ts';
import { findJob } from './job-find.ts';
import { type JobQuery, metadataOf, runFilterOf, timeOf } from './job-list.ts';
import { fullView } from './job-read.ts';
import { jobView } from './job-view.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';
import { type PhasedParts, phasesOfRun } from './phased-find.ts';
import { currentPhase } from './run-phases.ts';
import type { JobParts } from './services.ts';
import type { TaskParts } from './task-parts.ts';
import { findTask } from './tasks.ts';

export interface RunQuery
  extends Paging,
    Pick<JobQuery, 'status' | 'created_after' | 'created_before' | 'tag' | 'name'> {
  readonly kind?: RunKind;
  /** Only runs of this profile. */
  readonly profile?: string;
  readonly task_id?: string;
  /** Only what cannot go on until somebody does something. */
  readonly waiting_for?: WaitingFor;
  readonly success?: boolean;
  readonly start_time?: string;
  readonly end_time?: string;
  readonly include_errors?: boolean;
}

/** How runs can end, by whether that is a success. */
const ENDS: Readonly<Record<'true' | 'false', readonly RunStatus[]>> = {
  true: ['completed'],
  false: ['failed', 'timeout', 'aborted', 'cancelled'],
};
const OVER: ReadonlySet<RunStatus> = new Set([...ENDS.true, ...ENDS.false]);
/** What stands in the place of an error's text. */
const WITHHELD = '(withheld; ask with include_errors=true)';
const DEFAULT_LIMIT = 50;

/** Runs of all kinds, newest first. */
export async function listRuns(
  parts: JobParts,
  caller: Caller,
  query: RunQuery,
): Promise<List<RunView>> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const request = pageRequest({ ...query, limit: query.limit ?? DEFAULT_LIMIT }, runKey);
  const statuses = statusesOf(query);
  const { kind, profile, task_id: taskId } = query;
  const startedFrom = timeOf(query.start_time, '/start_time');
  const endedBy = timeOf(query.end_time, '/end_time');
  const filter = {
    ...runFilterOf(query, metadataOf(query)),
    ...(query.waiting_for !== undefined && { waitingFor: query.waiting_for }),
    ...(statuses !== undefined && { statuses }),
    kind: profile === undefined ? (kind ?? ('any' as const)) : ('phased' as const),
    // The name of its profile is the job type of a phased run, and has an index.
    ...(profile !== undefined && { jobType: profile }),
    ...(taskId !== undefined && { taskId: taskId.toLowerCase() }),
    ...(startedFrom !== undefined && { startedFrom }),
    ...(endedBy !== undefined && { endedBy }),
  };
  const none = statuses?.length === 0 || (profile !== undefined && (kind ?? 'phased') !== 'phased');
  const page = none ? NOTHING : await parts.jobs.list(access, filter, request);
  return listOf(page, request, {
    codec: runKey,
    key: (run) => run.runId,
    item: (run) => summaryOf(parts, run, query.include_errors === true),
  });
}

/**
 * The runs of a task, newest first.
 * @throws OrchestrationError 404
 */
export async function listRunsOfTask(
  parts: JobParts & TaskParts,
  caller: Caller,
  { taskId, ...paging }: Paging & { readonly taskId: string },
): Promise<List<RunView>> {
  const access = authorize(caller.principal, 'tasks:read', 'tasks');
  const task = await findTask(parts, access, taskId);
  const request = pageRequest(paging, runKey);
  const filter = { kind: 'any', taskId: task.taskId } as const;
  const page = await parts.jobs.list(access, filter, request);
  return listOf(page, request, {
    codec: runKey,
    key: (run) => run.runId,
    item: (run) => summaryOf(parts, run, true),
  });
}

const NOTHING = { items: [], total: 0, totalIsEstimate: false, hasMore: false } as const;

function statusesOf({ status, success }: RunQuery): readonly RunStatus[] | undefined {
  if (success === undefined) return status;
  const ends = ENDS[success ? 'true' : 'false'];
  return status === undefined ? ends : ends.filter((end) => status.includes(end));
}

/** @throws OrchestrationError 404 */
export async function getRun(
  parts: PhasedParts,
  caller: Caller,
  runId: string,
): Promise<RunDetail> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  return detailOf(parts, access, await findJob(parts, access, runId));
}

/** One run as its page shows it. */
export async function detailOf(
  parts: PhasedParts,
  access: Access,
  run: RunRecord,
): Promise<RunDetail> {
  const [job, reasons, phased] = await Promise.all([
    fullView(parts, access, run),
    run.over ? [] : runReasons(parts, access, run),
    phasedPart(parts, access, run),
  ]);
  const { intake, ...params } = run.input.params;
  const summary = summaryOf(parts, run, true);
  const forkedFrom = run.input.forkedFrom ?? null;
  const ready = summary.status === 'running' ? readyOf(phased.phases) : [];
  return {
    ...summary,
    ...phased,
    params: run.input.phased === undefined ? run.input.params : params,
    intake: run.input.phased === undefined ? null : intakeOf(intake),
    output: job.execution_results,
    attempt: 1 + job.retry_count,
    waiting_for: reasons[0] ?? (ready.length > 0 ? phaseReason(run, ready) : null),
    forked_from: forkedFrom && {
      run_id: forkedFrom.runId,
      node: forkedFrom.node,
      attempts_taken_over: forkedFrom.taken,
    },
  };
}

/** What only runs of profiles have. */
async function phasedPart(parts: PhasedParts, access: Access, run: RunRecord) {
  const { phased } = run.input;
  const phases = phased === undefined ? [] : await phasesOfRun(parts, access, { run, phased });
  return {
    profile_version: phased?.profileVersion ?? null,
    current_phase: currentPhase(phases),
    auto_advance: phased?.autoAdvance ?? null,
    budget: phased?.budget ?? null,
    phases,
  };
}

function intakeOf(intake: Json | undefined): RunDetail['intake'] {
  const isObject = typeof intake === 'object' && intake !== null && !Array.isArray(intake);
  return isObject ? { ...intake } : {};
}

/** Those that can be executed: none while one goes on. */
function readyOf(phases: RunDetail['phases']): readonly ReadyPhase[] {
  if (phases.some(({ status }) => status === 'running')) return [];
  const ready = phases.filter(({ status }) => status === 'ready');
  return ready.map(({ phase, name }) => ({ id: phase, name }));
}

export function summaryOf({ engine, clock }: JobParts, run: RunRecord, errors: boolean): RunView {
  const now = clock.wall();
  const job = jobView(run, engine.live(run.runId), now);
  const { error_details: error, status } = job;
  const end = run.completedAt ?? now;
  return {
    run_id: job.job_id,
    kind: run.kind,
    task_id: run.taskId,
    name: job.job_name,
    status,
    success: OVER.has(status) && run.over ? status === 'completed' : null,
    priority: job.priority,
    triggered_by: job.triggered_by,
    created_at: job.triggered_at,
    scheduled_at: job.scheduled_at,
    started_at: job.started_at,
    completed_at: job.completed_at,
    total_duration_seconds:
      run.startedAt === null ? null : Math.max(0, end - run.startedAt) / 1_000,
    progress_percentage: job.progress_percentage,
    counts: job.counts,
    error: error === null || errors ? error : { ...error, message: WITHHELD },
    tags: job.tags,
    metadata: job.metadata,
    profile: run.input.phased?.profile ?? null,
    project_name: run.input.phased?.projectName ?? null,
    version: job.version,
  };
}
