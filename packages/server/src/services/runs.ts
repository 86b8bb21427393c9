import type { List, RunDetail, RunKind, RunStatus, RunView } from '@tenuto/contract';
import type { RunRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { runReasons } from './explain.ts';
import { findJob } from './job-find.ts';
import { type JobQuery, runFilterOf } from './job-list.ts';
import { fullView } from './job-read.ts';
import { jobView } from './job-view.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';
import type { JobParts } from './services.ts';

export interface RunQuery
  extends Paging,
    Pick<JobQuery, 'status' | 'created_after' | 'created_before' | 'tag' | 'name'> {
  readonly kind?: RunKind;
  readonly success?: boolean;
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
  const filter = { ...runFilterOf(query, []), ...(statuses !== undefined && { statuses }) };
  // Jobs are the only kind of run so far.
  const none = (query.kind ?? 'job') !== 'job' || statuses?.length === 0;
  const page = none ? NOTHING : await parts.jobs.list(access, filter, request);
  return listOf(page, request, {
    codec: runKey,
    key: (run) => run.runId,
    item: (run) => summaryOf(parts, run, query.include_errors === true),
  });
}

const NOTHING = { items: [], total: 0, totalIsEstimate: false, hasMore: false } as const;

function statusesOf({ status, success }: RunQuery): readonly RunStatus[] | undefined {
  if (success === undefined) return status;
  const ends = ENDS[success ? 'true' : 'false'];
  return status === undefined ? ends : ends.filter((end) => status.includes(end));
}

/** @throws OrchestrationError 404 */
export async function getRun(parts: JobParts, caller: Caller, runId: string): Promise<RunDetail> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const run = await findJob(parts, access, runId);
  const [job, reasons] = await Promise.all([
    fullView(parts, access, run),
    run.over ? [] : runReasons(parts, access, run),
  ]);
  return {
    ...summaryOf(parts, run, true),
    params: run.input.params,
    output: job.execution_results,
    waiting_for: reasons[0] ?? null,
  };
}

function summaryOf({ engine, clock }: JobParts, run: RunRecord, errors: boolean): RunView {
  const now = clock.wall();
  const job = jobView(run, engine.live(run.runId), now);
  const { error_details: error, status } = job;
  const end = run.completedAt ?? now;
  return {
    run_id: job.job_id,
    kind: 'job',
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
    version: job.version,
  };
}
