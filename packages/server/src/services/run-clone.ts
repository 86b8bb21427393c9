/** The same run again, or from one of its phases on. */
import {
  type CloneRun,
  type CreatedRun,
  type DagInput,
  type JsonObject,
  PlanError,
} from '@tenuto/contract';
import {
  type Access,
  canonicalJson,
  compileStoredPlan,
  keepPhases,
  type PhasedInput,
  type Plan,
  phasesBefore,
  type RunRecord,
  resultNodes,
  type StoredInput,
  type Submission,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { auditOf, JobStateError } from './job-state.ts';
import { findNode, viewOf } from './node-find.ts';
import {
  findPhased,
  type PhasedParts,
  type PhasedRecord,
  phasesOfRun,
  refuseUnknownPhase,
} from './phased-find.ts';
import { makeRun } from './run-create.ts';

export interface CloneParts extends PhasedParts {
  /** Lets the new run begin with what phases of another have left; absent, it has no files. */
  readonly carryArtifacts?: ((carry: ArtifactCarry) => Promise<void>) | undefined;
}

/** Files of phases that were executed in another run. */
export interface ArtifactCarry {
  readonly access: Access;
  readonly fromRun: string;
  readonly toRun: string;
  readonly phases: readonly string[];
}

/**
 * Makes a run with the plan and the input of another. From a phase on, what the phases before it
 * have left is taken over instead of being made again.
 * @throws OrchestrationError 404, 409 for a run that has no phases, or whose earlier phases have not
 *   completed, 422, 429, 503
 */
export async function cloneRun(
  parts: CloneParts,
  caller: Caller,
  of: {
    readonly runId: string;
    readonly body: CloneRun;
    readonly key: string | undefined;
  },
): Promise<CreatedRun> {
  const access = authorize(caller.principal, 'runs:write', 'runs');
  const { body, key } = of;
  const source = await findPhased(parts, access, of.runId);
  const { runId } = source.run;
  const kept = await keptPhases(parts, access, source, body.from_phase);
  const made = await makeRun(parts, {
    ...{ access, asked: ['clone', runId, body], key },
    submission: () => submissionOf(parts, caller, access, { source, kept, body }),
  });
  if (kept.size > 0) {
    const carry = { access, fromRun: runId, toRun: made.run_id, phases: [...kept] };
    await parts.carryArtifacts?.(carry);
  }
  return made;
}

async function keptPhases(
  parts: CloneParts,
  access: Access,
  source: PhasedRecord,
  from: string | undefined,
): Promise<ReadonlySet<string>> {
  if (from === undefined) return new Set();
  refuseUnknownPhase(source.phased, from, '/from_phase');
  const kept = phasesBefore(source.phased.phases, from) ?? new Set<string>();
  const phases = await phasesOfRun(parts, access, source);
  const open = phases.find(({ phase, status }) => kept.has(phase) && status !== 'completed');
  if (open === undefined) return kept;
  const detail = `The phase "${open.phase}" is ${open.status}; what comes before "${from}" has to be completed.`;
  throw new JobStateError(source.run, detail);
}

interface Cloning {
  readonly source: PhasedRecord;
  readonly kept: ReadonlySet<string>;
  readonly body: CloneRun;
}

async function submissionOf(
  parts: CloneParts,
  caller: Caller,
  access: Access,
  cloning: Cloning,
): Promise<Submission> {
  const { source, kept, body } = cloning;
  const { run } = source;
  const plan = await planOf(parts, access, cloning);
  const input = await inputOf(parts, access, cloning);
  const name = body.project_name ?? run.name;
  const { actor } = caller.principal;
  const details: JsonObject = {
    ...{ name, profile: source.phased.profile, cloned_from: run.runId, plan: plan.hash },
    ...(body.from_phase !== undefined && { from_phase: body.from_phase, kept: [...kept] }),
  };
  return {
    ...{ plan, input, owner: access.owner, triggeredBy: actor, name, kind: 'phased' },
    ...{ jobType: run.jobType, priority: run.priority, tags: run.tags },
    ...(run.description !== null && { description: run.description }),
    metadata: (body.metadata as RunRecord['metadata'] | undefined) ?? run.metadata,
    audit: auditOf(caller, 'run.created', '', details),
  };
}

/** The plan as it was, so that a profile that has changed meanwhile changes nothing. */
async function planOf(
  parts: CloneParts,
  access: Access,
  { source: { run, phased }, kept }: Cloning,
): Promise<Plan> {
  const { document } = await parts.plans(access, run);
  const stored = JSON.parse(document) as DagInput;
  const dag = keepPhases(stored, phased.phases, kept);
  const plan = compileStoredPlan(kept.size === 0 ? document : canonicalJson({ ...stored, ...dag }));
  await refuseUnknown(parts, access.owner, plan, dag);
  return plan;
}

/** What it names has to be there for whom it will run, and now. */
async function refuseUnknown(
  { rules }: CloneParts,
  owner: string,
  plan: Plan,
  dag: DagInput,
): Promise<void> {
  const checks = (await rules.graphs?.checks(owner, dag)) ?? rules;
  const wrong = plan.specs.flatMap(({ uses }, i) => {
    const message = uses === undefined ? undefined : checks.checkAction(uses);
    return message === undefined ? [] : [{ path: `/nodes/${plan.ids[i]}`, message }];
  });
  const [first] = wrong;
  if (first !== undefined) throw new PlanError(first.message, wrong);
  await rules.graphs?.refuseUnknown(owner, { plan, placeOf: (path) => path });
}

async function inputOf(
  parts: CloneParts,
  access: Access,
  { source: { run, phased }, kept, body }: Cloning,
): Promise<StoredInput> {
  const { deadlineAt: _, depth: _d, task: _t, event: _e, ...input } = run.input;
  const { kept: _k, ...params } = input.params;
  const results = await resultsOf(parts, access, { run, phased, kept });
  const cloned: PhasedInput = {
    ...phased,
    ...(body.project_name !== undefined && { projectName: body.project_name }),
    phases: phased.phases.map((phase) => (kept.has(phase.id) ? { ...phase, waits: false } : phase)),
    clonedFrom: { runId: run.runId, kept: [...kept] },
  };
  return {
    ...input,
    params: { ...params, ...(kept.size > 0 && { kept: results }) },
    phased: cloned,
  };
}

/** What the nodes of the phases that are kept have put out, by node id. */
async function resultsOf(
  parts: CloneParts,
  access: Access,
  of: PhasedRecord & { readonly kept: ReadonlySet<string> },
): Promise<JsonObject> {
  const { run, phased, kept } = of;
  if (kept.size === 0) return {};
  const viewed = await viewOf(parts, access, run);
  const ids = phased.phases.filter(({ id }) => kept.has(id)).flatMap(resultNodes);
  const nodes = ids.map((id) => findNode(viewed, id));
  const records = await parts.jobs.nodes(access, {
    runId: run.runId,
    nodes: nodes.map(({ index }) => index),
  });
  const results = nodes.map(({ id, index }) => [id, records.get(index)?.output ?? null] as const);
  return Object.fromEntries(results);
}
