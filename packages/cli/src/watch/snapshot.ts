import type { Job, JobNode, NodeStatus, RunStatus } from '@tenuto/contract';
import { EXIT, type ExitCode } from '../exit-code.ts';

/** A job as one poll found it. */
export interface Snapshot {
  readonly job: Job;
  /** Its nodes in the order of the plan; of a large job only some. */
  readonly nodes: readonly JobNode[];
  /** Nodes that are not in `nodes`. */
  readonly omitted: number;
  /** When the nodes were asked for, in milliseconds since the epoch. */
  readonly nodesAt: number;
}

const ENDS: readonly RunStatus[] = ['completed', 'failed', 'cancelled', 'timeout', 'aborted'];
const QUIET: readonly NodeStatus[] = ['completed', 'skipped', 'failed', 'cancelled', 'timeout'];

/** Whether nothing more will happen to the job by itself: cleanup nodes have ended too. */
export function isOver(job: Job): boolean {
  return ENDS.includes(job.status) && job.completed_at !== null;
}

export function hasEnded(node: JobNode): boolean {
  return QUIET.includes(node.status);
}

/** How the command ends for a job that is over. */
export function exitCodeOf(job: Pick<Job, 'status'>): ExitCode {
  if (job.status === 'completed') return EXIT.ok;
  return job.status === 'cancelled' || job.status === 'timeout' ? EXIT.jobStopped : EXIT.jobFailed;
}

/** A change from one snapshot to the next. */
export type Change =
  | { readonly kind: 'job'; readonly status: RunStatus }
  | { readonly kind: 'node'; readonly node: JobNode };

/**
 * What changed, nodes in the order of the plan; against no snapshot everything that has begun is a
 * change. What came and went between two polls is not seen.
 */
export function changesBetween(before: Snapshot | undefined, after: Snapshot): readonly Change[] {
  const known = new Map(before?.nodes.map((node) => [node.node_id, node]));
  const nodes = after.nodes.filter((node) => {
    const last = known.get(node.node_id);
    const wasPending = last === undefined || last.status === 'pending' || last.status === 'ready';
    if (wasPending && (node.status === 'pending' || node.status === 'ready')) return false;
    return last?.status !== node.status || last.attempts !== node.attempts;
  });
  const ofNodes = nodes.map((node): Change => ({ kind: 'node', node }));
  if (before?.job.status === after.job.status) return ofNodes;
  const ofJob: Change = { kind: 'job', status: after.job.status };
  // A job ends after its nodes, and begins before them.
  return ENDS.includes(after.job.status) ? [...ofNodes, ofJob] : [ofJob, ...ofNodes];
}
