/** Runs of profiles, with their phases. */
import { OrchestrationError, type RunPhase } from '@tenuto/contract';
import type { Access, NodeRecord, NodeView, PhasedInput, RunRecord } from '@tenuto/engine';
import { findJob } from './job-find.ts';
import { JobStateError } from './job-state.ts';
import { type Viewed, viewOf } from './node-find.ts';
import { phaseNodeIds, phasesOf } from './run-phases.ts';
import type { JobParts } from './services.ts';

export interface PhasedParts extends JobParts {
  /** How many artifacts each phase of a run has left, where somebody counts them. */
  readonly artifactCounts?:
    | ((access: Access, runId: string) => Promise<ReadonlyMap<string, number>>)
    | undefined;
}

/** A run that has phases. */
export interface PhasedRecord {
  readonly run: RunRecord;
  readonly phased: PhasedInput;
}

/** @throws OrchestrationError 404, 409 for a run that has no phases */
export async function findPhased(
  parts: JobParts,
  access: Access,
  runId: string,
): Promise<PhasedRecord> {
  const run = await findJob(parts, access, runId);
  const { phased } = run.input;
  if (phased !== undefined) return { run, phased };
  throw new JobStateError(run, `The run is a ${run.kind} and has no phases.`);
}

/** How far its phases are. */
export async function phasesOfRun(
  parts: PhasedParts,
  access: Access,
  { run, phased }: PhasedRecord,
): Promise<RunPhase[]> {
  const { runId } = run;
  // What was just said to it, or just over, is to be seen: its nodes are few.
  const viewed = await viewOf(parts, access, run, true);
  const nodes = nodesOf(viewed);
  const wanted = phased.phases.flatMap(phaseNodeIds).flatMap((id) => nodes.get(id)?.index ?? []);
  const [records, artifacts] = await Promise.all([
    parts.jobs.nodes(access, { runId, nodes: wanted }),
    parts.artifactCounts?.(access, runId),
  ]);
  const record = (id: string): NodeRecord | undefined => {
    const node = nodes.get(id);
    const found = node && records.get(node.index);
    // What is about to be done anew has come to nothing yet.
    return found?.generation === node?.generation ? found : undefined;
  };
  const from = run.input.forkedFrom?.node?.split('/', 1)[0];
  return phasesOf(phased, {
    ...(from !== undefined && { from }),
    ...{ node: (id) => nodes.get(id), record, now: parts.clock.wall() },
    ...(artifacts !== undefined && { artifacts }),
  });
}

/** The nodes of the plan by their ids; instances of `for_each` are no parts of phases. */
function nodesOf({ plan, nodes }: Viewed): ReadonlyMap<string, NodeView> {
  const count = Math.min(nodes.nodeCount(), plan.nodeCount);
  const views = Array.from({ length: count }, (_, position) => nodes.node(position));
  return new Map(views.map((view) => [view.id, view]));
}

/** @throws OrchestrationError 422 */
export function refuseUnknownPhase({ phases }: PhasedInput, phase: string, path: string): void {
  if (phases.some(({ id }) => id === phase)) return;
  const names = phases.map(({ id }) => id).join(', ');
  const message = `names no phase "${phase}" of the run: it has ${names}`;
  throw new OrchestrationError('unprocessable', `${path} ${message}.`, {
    validationErrors: [{ path, message, value: phase }],
  });
}
