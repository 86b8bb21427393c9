import { formatTime, type JobNode, type List, type NodeStatus } from '@tenuto/contract';
import type { Access, NodeRecord, NodeView, Plan, RunRecord, WaitView } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { findJob } from './job-find.ts';
import { errorView, timeView } from './job-view.ts';
import { findNode, patternOf, specOf, type Viewed, viewOf } from './node-find.ts';
import { listOf, type Paging, pageRequest, positionKey } from './paging.ts';
import { givenIn } from './plan-view.ts';
import type { JobParts } from './services.ts';

/** A job's nodes in the order of its plan, instances of `for_each` last. */
export async function listNodes(
  parts: JobParts,
  caller: Caller,
  query: Paging & { readonly jobId: string; readonly status?: readonly NodeStatus[] },
): Promise<List<JobNode>> {
  const access = authorize(caller.principal, 'jobs:read', 'jobs');
  const request = pageRequest(query, positionKey);
  const run = await findJob(parts, access, query.jobId);
  const from = request.after === undefined ? request.offset : request.after + 1;
  const { items, total } = await nodesOf(parts, access, run, {
    from,
    count: request.limit,
    ...(query.status !== undefined && { statuses: query.status }),
  });
  const page = {
    items: items.map((node, i) => [from + i, node] as const),
    total,
    totalIsEstimate: false,
    hasMore: from + items.length < total,
  };
  return listOf(page, request, {
    codec: positionKey,
    key: ([position]) => position,
    item: ([, node]) => node,
  });
}

interface Part {
  readonly from: number;
  readonly count: number;
  readonly statuses?: readonly NodeStatus[];
}

export async function nodesOf(
  parts: JobParts,
  access: Access,
  run: RunRecord,
  { from, count, statuses }: Part,
): Promise<{ items: JobNode[]; total: number }> {
  const viewed = await viewOf(parts, access, run);
  const total = viewed.nodes.nodeCount();
  const range = (start: number, end: number) =>
    Array.from({ length: Math.max(0, end - start) }, (_, i) => viewed.nodes.node(start + i));
  if (statuses === undefined) {
    const views = range(from, Math.min(total, from + count));
    return { items: await nodeViews(parts, access, run, { viewed, views }), total };
  }
  const wanted = new Set(statuses);
  const matching = range(0, total).filter((node) => wanted.has(node.status));
  const views = matching.slice(from, from + count);
  return { items: await nodeViews(parts, access, run, { viewed, views }), total: matching.length };
}

export async function getNode(
  parts: JobParts,
  caller: Caller,
  { jobId, nodeId }: { readonly jobId: string; readonly nodeId: string },
): Promise<JobNode> {
  const access = authorize(caller.principal, 'jobs:read', 'jobs');
  const run = await findJob(parts, access, jobId);
  const viewed = await viewOf(parts, access, run);
  const view = findNode(viewed, nodeId);
  const [node] = await nodeViews(parts, access, run, { viewed, views: [view] });
  if (node === undefined) throw new Error('a node that was found has no view');
  const { plan } = viewed;
  const given = givenIn(plan.document, plan.ids[patternOf(plan, view)] ?? '');
  return given === undefined ? node : { ...node, with: given };
}

async function nodeViews(
  { jobs }: JobParts,
  access: Access,
  run: RunRecord,
  { viewed, views }: { readonly viewed: Viewed; readonly views: readonly NodeView[] },
): Promise<JobNode[]> {
  const nodes = views.map((view) => view.index);
  const records = await jobs.nodes(access, { runId: run.runId, nodes });
  return views.map((view) => nodeView(viewed, view, records.get(view.index)));
}

const ENDED: ReadonlySet<NodeStatus> = new Set(['completed', 'failed', 'cancelled', 'timeout']);

function nodeView({ plan }: Viewed, view: NodeView, record: NodeRecord | undefined): JobNode {
  const spec = specOf(plan, view);
  const over = ENDED.has(view.status);
  const { waitingFor } = view;
  // What is about to be done anew has taken no time yet.
  const present = record?.generation === view.generation ? record : undefined;
  return {
    node_id: view.id,
    index: view.index,
    name: null,
    type: spec?.type ?? 'action',
    uses: spec?.uses ?? null,
    status: view.status,
    attempts: view.attempts,
    parent_nodes: parentsOf(plan, view.index),
    started_at: timeView(present?.startedAt),
    completed_at: over ? timeView(record?.endedAt) : null,
    duration_ms: present?.durationMs ?? null,
    output: (over ? record?.output : null) ?? view.output ?? null,
    error: view.error === undefined ? (over ? errorView(record?.error) : null) : { ...view.error },
    generation: view.generation,
    kind: view.kind,
    waiting_for: waitingFor === undefined ? null : waitView(waitingFor),
  };
}

function waitView(wait: WaitView): NonNullable<JobNode['waiting_for']> {
  if ('runId' in wait) return { run_id: wait.runId };
  if ('intervention' in wait) return { intervention: wait.intervention };
  if ('approval' in wait) return { approval: wait.approval };
  return {
    ...('signal' in wait && { signal: wait.signal }),
    ...('topic' in wait && { topic: wait.topic }),
    ...('circuit' in wait && { circuit: wait.circuit }),
    ...(wait.until !== undefined && { until: formatTime(wait.until) }),
  };
}

function parentsOf(plan: Plan, node: number): string[] {
  if (node >= plan.nodeCount) return [];
  const from = plan.predecessorOffsets[node] ?? 0;
  const to = plan.predecessorOffsets[node + 1] ?? 0;
  return [...plan.predecessors.subarray(from, to)].map((parent) => plan.ids[parent] ?? '');
}
