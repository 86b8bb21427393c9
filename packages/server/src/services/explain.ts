import type { Cause, Explanation, Json, ReasonToWait, RunStatus } from '@tenuto/contract';
import {
  type Access,
  type InterventionRecord,
  type NodeView,
  nextOf,
  type RunRecord,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { type NodeFacts, reasonOfNode } from './explain-node.ts';
import { phaseReason, type ReadyPhase } from './explain-phase.ts';
import { heldUpBy, summaryOf } from './explain-reason.ts';
import { type Deed, type RunFacts, reasonsOfRun } from './explain-run.ts';
import {
  fullGroupOf,
  groupIdOf,
  NODES_A_BREATH,
  parentsOf,
  type Scan,
  scanNodes,
  specOf,
  toldOf,
} from './explain-scan.ts';
import { findJob } from './job-find.ts';
import { shownStatus } from './job-view.ts';
import { findNode, viewOf } from './node-find.ts';
import type { JobParts } from './services.ts';

/** Nodes whose reasons are told; the causes of the rest are counted. */
const NODES_TOLD = 100;
const INTERVENTIONS = 200;
const APPROVALS = 200;
/** Nothing leads out of these. */
const FINAL: ReadonlySet<RunStatus> = new Set(['completed', 'cancelled', 'aborted']);

/**
 * Why a run and its nodes do not go on.
 * @param nodeId only that node, whatever its state
 * @throws OrchestrationError 404
 */
export async function explainRun(
  parts: JobParts,
  caller: Caller,
  { runId, nodeId }: { readonly runId: string; readonly nodeId?: string | undefined },
): Promise<Explanation> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const run = await findJob(parts, access, runId);
  const facts = await factsOf(parts, access, run);
  const viewed = await viewOf(parts, access, run);
  const only = nodeId === undefined ? undefined : findNode(viewed, nodeId);
  const scan = await scanNodes(viewed, () => breath(parts));
  const reasonFor = reasonerOf(parts, run, { facts, scan });
  const views = only === undefined ? wantedOf(run, scan) : [only];
  const told = views.slice(0, NODES_TOLD);
  const causes =
    run.startedAt === null && only === undefined
      ? new Map([['run_not_started', viewed.nodes.nodeCount()] as const])
      : await tally(views, { reasonFor, breathe: () => breath(parts) });
  const ready = readyIn(run, scan);
  const reasons = [
    ...reasonsOfRun(facts),
    ...(ready.length === 0 ? [] : [phaseReason(run, ready)]),
  ];
  const nodes = told.map((view) => ({
    node_id: view.id,
    status: view.status,
    reasons: [reasonFor(view)],
  }));
  const isAll = told.length === views.length && !run.over;
  return {
    run_id: run.runId,
    status: facts.status,
    summary:
      reasons[0]?.detail ??
      (isAll ? heldUpBy(nodes) : undefined) ??
      (summaryOf(causes) || 'The run goes on.'),
    reasons,
    nodes,
    nodes_omitted: views.length - told.length,
    causes: Object.fromEntries(causes),
    nodes_unseen: scan.unseen,
  };
}

/** The phases that wait to be told to go on, while nothing else does: before that nobody may say so. */
function readyIn({ input: { phased } }: RunRecord, { byStatus }: Scan): readonly ReadyPhase[] {
  if (phased === undefined || (byStatus.get('running') ?? []).length > 0) return [];
  const waiting = new Set(byStatus.get('waiting')?.map(({ id }) => id));
  return phased.phases.filter(({ id }) => waiting.has(nextOf(id)));
}

/** The reasons of the run as a whole, without a look at its nodes. */
export async function runReasons(
  parts: JobParts,
  access: Access,
  run: RunRecord,
): Promise<ReasonToWait[]> {
  return reasonsOfRun(await factsOf(parts, access, run));
}

function breath({ clock }: JobParts): Promise<void> {
  return new Promise((resolve) => void clock.after(0, resolve));
}

type Facts = RunFacts & { readonly asked: readonly InterventionRecord[] };

async function factsOf(
  { jobs, recoveries, approvals, engine, clock }: JobParts,
  access: Access,
  run: RunRecord,
): Promise<Facts> {
  const { runId } = run;
  const live = run.over ? undefined : engine.live(runId);
  const status = shownStatus(run, live);
  const [standing, events, sessions, interventions, questions] = await Promise.all([
    run.over ? undefined : jobs.standing(access, runId),
    status === 'paused' ? jobs.events(access, runId, ['pause', 'transition']) : [],
    status === 'retrying' || status === 'recovering'
      ? recoveries.recoveries(access, { runId, status: 'running' }, { limit: 20, offset: 0 })
      : undefined,
    run.over
      ? undefined
      : recoveries.interventions(
          access,
          { runId, states: ['open', 'assigned'] },
          { limit: INTERVENTIONS, offset: 0 },
        ),
    run.over
      ? undefined
      : approvals.approvals(access, { runId, states: ['open'] }, { limit: APPROVALS, offset: 0 }),
  ]);
  const asked = interventions?.items ?? [];
  return {
    ...{ run, status, standing, asked },
    paused: deedOf(events.findLast(({ body }) => body.to === 'paused')),
    recovery: sessions?.items.find(({ node }) => node === null),
    undoing: live?.undoing,
    approvals: questions?.items ?? [],
    interventions: asked.filter(({ node }) => node === null),
    now: clock.wall(),
  };
}

function deedOf(
  event: { readonly at: number; readonly body: Readonly<Record<string, Json>> } | undefined,
): Deed | undefined {
  if (event === undefined) return undefined;
  const { actor, reason } = event.body;
  const text = (value: Json | undefined) => (typeof value === 'string' ? value : null);
  return { at: event.at, actor: text(actor), reason: text(reason) };
}

/** A run that is over, or has not started, says so itself: of its nodes only what ended badly. */
function wantedOf(run: RunRecord, scan: Scan): NodeView[] {
  if (run.startedAt === null) return [];
  return toldOf(scan, run.over ? ['failed', 'timeout', 'skipped', 'cancelled'] : undefined);
}

type Reasoner = (view: NodeView) => ReasonToWait;

/** How many nodes each cause holds. */
async function tally(
  views: readonly NodeView[],
  { reasonFor, breathe }: { readonly reasonFor: Reasoner; readonly breathe: () => Promise<void> },
): Promise<Map<Cause, number>> {
  const causes = new Map<Cause, number>();
  for (const [i, view] of views.entries()) {
    if (i > 0 && i % NODES_A_BREATH === 0) await breathe();
    const { cause } = reasonFor(view);
    causes.set(cause, (causes.get(cause) ?? 0) + 1);
  }
  return causes;
}

/** Makes the function that gives a node's reason, out of what all of them have in common. */
function reasonerOf(
  { engine }: JobParts,
  { runId, owner, input }: RunRecord,
  { facts, scan }: { readonly facts: Facts; readonly scan: Scan },
): Reasoner {
  const { standing, status, asked } = facts;
  const started = new Map(
    standing?.started.map(({ node, attempt, startedAt }) => [`${node}/${attempt}`, startedAt]),
  );
  const interventions = new Map(asked.map((record) => [record.interventionId, record]));
  const approvals = new Map(facts.approvals.map((record) => [record.approvalId, record]));
  const phases = new Map(input.phased?.phases.map((phase) => [nextOf(phase.id), phase]));
  const run: NodeFacts['run'] = {
    owner,
    paused: status === 'paused',
    undoing: scan.viewed.nodes.undoing !== undefined,
    isFinal: FINAL.has(status),
    running: scan.byStatus.get('running')?.length ?? 0,
    maxConcurrentNodes: input.maxConcurrentNodes,
    isHere: engine.live(runId) !== undefined,
  };
  return (view) => {
    const { id, waitingFor } = view;
    const group = groupIdOf(scan, id);
    const groupStatus = group === undefined ? undefined : scan.groups.get(group)?.status;
    return reasonOfNode({
      ...{ view, run, spec: specOf(scan, id), parents: parentsOf(scan, view) },
      phase: phases.get(id),
      group:
        group === undefined || groupStatus === undefined
          ? undefined
          : { id: group, status: groupStatus },
      fullGroup: view.status === 'ready' ? fullGroupOf(scan, id) : undefined,
      startedAt: started.get(`${view.index}/${view.attempts}`),
      intervention:
        waitingFor !== undefined && 'intervention' in waitingFor
          ? interventions.get(waitingFor.intervention)
          : undefined,
      approval:
        waitingFor !== undefined && 'approval' in waitingFor
          ? approvals.get(waitingFor.approval)
          : undefined,
    });
  };
}
