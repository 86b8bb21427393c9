import type { Job, JsonObject } from '@tenuto/contract';
import type { Access, Plan, RunRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { findJob } from './job-find.ts';
import { historyOf } from './job-history.ts';
import { nodesOf } from './job-nodes.ts';
import { jobView } from './job-view.ts';
import { planView } from './plan-view.ts';
import type { JobParts } from './services.ts';

export type JobExtra = 'nodes' | 'history' | 'plan';

/** Nodes shown inside a job; the rest is in the list of its nodes. */
const NODES_INCLUDED = 1_000;
/** Beyond so many nodes a plan is not searched for its results. */
const RESULT_PLAN_NODES = 10_000;
const RESULTS_INCLUDED = 50;

export async function getJob(
  parts: JobParts,
  caller: Caller,
  { jobId, include = [] }: { readonly jobId: string; readonly include?: readonly JobExtra[] },
): Promise<Job> {
  const access = authorize(caller.principal, 'jobs:read', 'jobs');
  const run = await findJob(parts, access, jobId);
  return {
    ...(await fullView(parts, access, run)),
    ...(await extras(parts, access, run, include)),
  };
}

/** The job with its results, when it is over. */
export async function fullView(parts: JobParts, access: Access, run: RunRecord): Promise<Job> {
  const view = jobView(run, parts.engine.live(run.runId), parts.clock.wall());
  if (!run.over || run.nodeCount > RESULT_PLAN_NODES) return view;
  const plan = await parts.plans(access, run);
  return { ...view, execution_results: await resultsOf(parts, access, run, plan) };
}

/** Outputs of the nodes that nothing waits for. */
async function resultsOf(
  { jobs }: JobParts,
  access: Access,
  run: RunRecord,
  plan: Plan,
): Promise<JsonObject> {
  const last = plan.ids
    .map((_, node) => node)
    .filter((node) => plan.successorOffsets[node] === plan.successorOffsets[node + 1])
    .filter((node) => plan.groups[node] === -1 && plan.specs[node]?.type !== 'cleanup')
    .slice(0, RESULTS_INCLUDED);
  const found = await jobs.nodes(access, { runId: run.runId, nodes: last });
  const results = last.flatMap((node) => {
    const record = found.get(node);
    const id = plan.ids[node];
    return record?.error !== null || id === undefined ? [] : [[id, record.output] as const];
  });
  return Object.fromEntries(results);
}

async function extras(
  parts: JobParts,
  access: Access,
  run: RunRecord,
  include: readonly JobExtra[],
): Promise<Partial<Job>> {
  const wanted = new Set(include);
  const nodes = wanted.has('nodes')
    ? await nodesOf(parts, access, run, { from: 0, count: NODES_INCLUDED })
    : undefined;
  const omitted = nodes === undefined ? 0 : nodes.total - nodes.items.length;
  return {
    ...(nodes !== undefined && { nodes: nodes.items }),
    ...(omitted > 0 && { nodes_omitted: omitted }),
    ...(wanted.has('history') && { history: await historyOf(parts, access, run) }),
    ...(wanted.has('plan') && planView((await parts.plans(access, run)).document)),
  };
}
