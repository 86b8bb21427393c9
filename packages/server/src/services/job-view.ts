import {
  CLASSIFICATIONS,
  formatTime,
  type Job,
  type JsonObject,
  type RunProgressView,
  type RunStatus,
} from '@tenuto/contract';
import type { LiveRun, RunCounts, RunRecord } from '@tenuto/engine';

const NONE: RunCounts = { pending: 0, running: 0, completed: 0, failed: 0, skipped: 0 };

/**
 * A job as the API shows it: what its owner knows when that is here, else what its row says.
 * @param owner the run in memory, when this engine owns it
 * @param now milliseconds since the epoch, for the estimate
 */
export function jobView(run: RunRecord, owner: LiveRun | undefined, now: number): Job {
  const live = run.over ? undefined : owner;
  const { counts, status, nodeCount, share } = shareOf(run, live);
  return {
    job_id: run.runId,
    job_name: run.name,
    job_description: run.description,
    job_type: run.jobType,
    status,
    cancelling: run.cancelling && status !== 'cancelled',
    priority: run.priority,
    triggered_by: run.triggeredBy,
    triggered_at: formatTime(run.createdAt),
    scheduled_at: timeView(run.scheduledAt),
    started_at: timeView(run.startedAt),
    completed_at: timeView(run.completedAt),
    deadline_at: timeView(run.input.deadlineAt),
    timeout_ms: run.input.timeoutMs,
    max_concurrent_nodes: run.input.maxConcurrentNodes,
    fail_fast: run.input.failFast,
    max_retries: run.input.maxRetries ?? null,
    retry_policies: [...(run.input.retryPolicies ?? [])],
    execution_context: run.input.params,
    progress_percentage: Math.round(share * 1000) / 10,
    current_node_ids: [...(live?.currentNodes ?? run.progress?.current ?? [])],
    counts: { ...counts },
    node_count: nodeCount,
    retry_count: live?.retries ?? run.progress?.retries ?? 0,
    execution_results: null,
    error_details: errorView(run.progress?.error),
    tags: [...run.tags],
    metadata: run.metadata,
    estimated_completion_at: estimate(run, status === 'running' ? share : 0, now),
    version: run.version,
  };
}

type Going = Pick<RunRecord, 'over' | 'status' | 'progress' | 'nodeCount'>;

function shareOf(run: Going, live: LiveRun | undefined) {
  const counts = live?.counts ?? run.progress?.counts ?? { ...NONE, pending: run.nodeCount };
  const status = shownStatus(run, live);
  const nodeCount = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const done = counts.completed + counts.failed + counts.skipped;
  const share = status === 'completed' ? 1 : nodeCount === 0 ? 0 : done / nodeCount;
  return { counts, status, nodeCount, share };
}

/** How far a run is, for those who follow it. */
export function progressView(run: Going, owner: LiveRun | undefined, now: number): RunProgressView {
  const live = run.over ? undefined : owner;
  const { counts, status, share } = shareOf(run, live);
  return {
    ...{ type: 'progress', at: formatTime(now), status, counts: { ...counts } },
    progress_percentage: Math.round(share * 1000) / 10,
    current_node_ids: [...(live?.currentNodes ?? run.progress?.current ?? [])],
  };
}

/**
 * What is durable. The owner may not have heard of its own commit yet when the row already tells of
 * an end or a cancel, from which nothing leads back.
 */
export function shownStatus(
  run: Pick<RunRecord, 'over' | 'status'>,
  live: LiveRun | undefined,
): RunStatus {
  return run.over || run.status === 'cancelled' ? run.status : (live?.status ?? run.status);
}

export function timeView(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : formatTime(ms);
}

/** What an attempt or a run says about its failure. */
export function errorView(error: JsonObject | null | undefined): Job['error_details'] {
  if (error === null || error === undefined) return null;
  const { type, message, classification, node_id: nodeId } = error;
  const known = CLASSIFICATIONS.find((name) => name === classification);
  return {
    type: typeof type === 'string' ? type : 'unknown',
    message: typeof message === 'string' ? message : '',
    ...(known !== undefined && { classification: known }),
    ...(typeof nodeId === 'string' && { node_id: nodeId }),
  };
}

/** As if the rest went at the pace so far: all that can be said of a run nobody has seen before. */
function estimate(run: RunRecord, share: number, now: number): string | null {
  if (share <= 0 || share >= 1 || run.startedAt === null) return null;
  return formatTime(Math.round(run.startedAt + (now - run.startedAt) / share));
}
