import type { Job, JobNode } from '@tenuto/contract';
import type { Snapshot } from '../src/watch/snapshot.ts';

/** Milliseconds since the epoch at which the samples' job started. */
export const START = Date.parse('2026-01-15T09:30:00.000Z');

/** RFC 3339 of some seconds after the start. */
export function at(seconds: number): string {
  return new Date(START + seconds * 1_000).toISOString();
}

export function sampleJob(over: Partial<Job> = {}): Job {
  return {
    job_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
    job_name: 'nightly checks',
    job_description: null,
    job_type: 'dag',
    status: 'running',
    cancelling: false,
    priority: 5,
    triggered_by: 'admin',
    triggered_at: at(0),
    scheduled_at: null,
    started_at: at(0),
    completed_at: null,
    deadline_at: null,
    timeout_ms: 3_600_000,
    max_concurrent_nodes: 10,
    fail_fast: false,
    progress_percentage: 50,
    current_node_ids: [],
    counts: { pending: 0, running: 0, completed: 0, failed: 0, skipped: 0 },
    node_count: 2,
    retry_count: 0,
    max_retries: null,
    retry_policies: [],
    execution_context: {},
    execution_results: null,
    error_details: null,
    tags: [],
    metadata: {},
    estimated_completion_at: null,
    version: 1,
    ...over,
  };
}

export function sampleNode(
  node_id: string,
  status: JobNode['status'] = 'pending',
  over: Partial<JobNode> = {},
): JobNode {
  const hasBegun = !['pending', 'ready', 'skipped'].includes(status);
  const hasEnded = ['completed', 'failed', 'timeout', 'cancelled'].includes(status);
  return {
    node_id,
    index: 0,
    name: null,
    type: 'action',
    uses: 'transform.cel',
    status,
    attempts: hasBegun ? 1 : 0,
    generation: 0,
    kind: 'work',
    parent_nodes: [],
    output: null,
    error: null,
    started_at: hasBegun ? at(1) : null,
    completed_at: hasEnded ? at(3.5) : null,
    duration_ms: hasEnded ? 2_500 : null,
    waiting_for: null,
    ...over,
  };
}

/** A snapshot whose counts are those of its nodes. */
export function sampleSnapshot(nodes: readonly JobNode[], over: Partial<Job> = {}): Snapshot {
  const count = (...statuses: readonly JobNode['status'][]) =>
    nodes.filter(({ status }) => statuses.includes(status)).length;
  const counts = {
    pending: count('pending', 'ready', 'waiting'),
    running: count('running'),
    completed: count('completed'),
    failed: count('failed', 'timeout', 'cancelled'),
    skipped: count('skipped'),
  };
  const done = counts.completed + counts.failed + counts.skipped;
  const job = sampleJob({
    counts,
    node_count: nodes.length,
    progress_percentage: nodes.length === 0 ? 0 : (100 * done) / nodes.length,
    ...over,
  });
  return { job, nodes, omitted: Math.max(0, job.node_count - nodes.length), nodesAt: START };
}
