import type { JobGraph } from '@tenuto/contract';
import { type Plan, shapeOf } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { findJob } from './job-find.ts';
import type { JobParts } from './services.ts';

/** The plan of a job as columns, for who draws it. */
export async function getGraph(
  parts: Pick<JobParts, 'jobs' | 'plans'>,
  caller: Caller,
  jobId: string,
): Promise<JobGraph> {
  const access = authorize(caller.principal, 'jobs:read', 'jobs');
  const run = await findJob(parts, access, jobId);
  return { job_id: run.runId, ...columnsOf(await parts.plans(access, run)) };
}

/** A plan never changes: its columns are made once, for as long as it stays in memory. */
const made = new WeakMap<Plan, Omit<JobGraph, 'job_id'>>();

function columnsOf(plan: Plan): Omit<JobGraph, 'job_id'> {
  const known = made.get(plan);
  if (known !== undefined) return known;
  const types = positions(plan.specs.map(({ type }) => type));
  const uses = positions(plan.specs.map((spec) => spec.uses));
  const columns = {
    plan_hash: plan.hash,
    node_ids: [...plan.ids],
    types: types.at,
    type_names: types.names,
    uses: uses.at,
    action_names: uses.names,
    groups: ifAny(plan.groups),
    patterns: ifAny(plan.patterns),
    levels: [...plan.levels],
    edges: edgesOf(plan),
    critical_path: pathOf(plan),
  };
  made.set(plan, columns);
  return columns;
}

/** Names as positions in a list of them; what has none is -1. */
function positions<Name extends string>(
  values: readonly (Name | undefined)[],
): { readonly at: number[]; readonly names: Name[] } {
  const known = new Map<Name, number>();
  const at = values.map((value) => {
    if (value === undefined) return -1;
    const position = known.get(value) ?? known.size;
    known.set(value, position);
    return position;
  });
  return { at, names: [...known.keys()] };
}

function ifAny(column: Int32Array): number[] {
  return column.some((value) => value >= 0) ? [...column] : [];
}

function edgesOf(plan: Plan): JobGraph['edges'] {
  const from: number[] = [];
  for (let node = 0; node < plan.nodeCount; node += 1) {
    const end = plan.successorOffsets[node + 1] ?? 0;
    for (let edge = plan.successorOffsets[node] ?? 0; edge < end; edge += 1) from.push(node);
  }
  const labels = [...plan.labels].map(([edge, when]) => ({ edge, when }));
  return { from, to: [...plan.successors], labels };
}

function pathOf(plan: Plan): number[] {
  const wanted = new Set(shapeOf(plan).criticalPath);
  const found = new Map<string, number>();
  plan.ids.forEach((id, node) => {
    if (wanted.has(id)) found.set(id, node);
  });
  return [...wanted].map((id) => found.get(id) ?? 0);
}
