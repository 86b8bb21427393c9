/** How far the phases of a run have come, seen from their nodes. Pure. */
import { formatTime, type JsonObject, type NodeStatus, type RunPhase } from '@tenuto/contract';
import {
  agentOf,
  approvalOf,
  gatesOf,
  type NodeRecord,
  type NodeView,
  nextOf,
  type PhasedInput,
  type PhasePlan,
  phasesBehind,
  startOf,
} from '@tenuto/engine';
import { gateReport, type ReportedGates } from './gate-report.ts';

/** What is known of the nodes of a run. */
export interface PhaseNodes {
  /** Undefined for a node that the plan does not have. */
  node(id: string): NodeView | undefined;
  /** What its attempts have come to in its present generation. */
  record(id: string): NodeRecord | undefined;
  /** Of a phase, where somebody counts them. */
  artifacts?: ReadonlyMap<string, number>;
  /** The phase that a run was forked from: others were not executed in it. */
  readonly from?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** All phases of a run, in an order in which each stands behind those that it needs. */
export function phasesOf(phased: PhasedInput, nodes: PhaseNodes): RunPhase[] {
  const { from } = nodes;
  const again = from === undefined ? undefined : phasesBehind(phased.phases, from);
  return phased.phases.map((phase) => {
    const kept = again !== undefined && phase.id !== from && !again.has(phase.id);
    const view = phaseView(phase, nodes);
    return { ...view, kept: kept && view.status === 'completed' };
  });
}

function phaseView(phase: PhasePlan, nodes: PhaseNodes): Omit<RunPhase, 'kept'> {
  const status = phaseStatus(phase, nodes);
  const times = timesOf(phase, nodes, status);
  const { startedAt, completedAt } = times;
  const end = completedAt ?? (GOES_ON.has(status) ? nodes.now : undefined);
  const error = errorOf(phase, nodes, status);
  return {
    phase: phase.id,
    name: phase.name,
    status,
    needs: [...phase.needs],
    auto_advance: !phase.waits,
    started_at: startedAt === undefined ? null : formatTime(startedAt),
    completed_at: completedAt === undefined ? null : formatTime(completedAt),
    duration_seconds:
      startedAt === undefined || end === undefined ? null : Math.max(0, end - startedAt) / 1_000,
    agent_ids: [...phase.agents],
    artifacts_count: nodes.artifacts?.get(phase.id) ?? artifactsSaid(phase, nodes),
    gates: gatesView(phase, reportOf(phase, nodes)),
    error,
  };
}

/** Statuses in which something of the phase goes on. */
export const GOES_ON: ReadonlySet<NodeStatus> = new Set(['running', 'waiting']);
/** Statuses from which a phase goes nowhere by itself. */
export const PHASE_OVER: ReadonlySet<NodeStatus> = new Set([
  ...(['completed', 'failed', 'skipped', 'cancelled', 'timeout'] as const),
]);

function phaseStatus(phase: PhasePlan, nodes: PhaseNodes): NodeStatus {
  const last = nodes.node(gatesOf(phase.id))?.status ?? 'pending';
  // One that was never reached has not failed, whatever its nodes say of those before them.
  if (nodes.node(startOf(phase.id))?.status !== 'completed') {
    return last === 'cancelled' ? 'cancelled' : 'pending';
  }
  if (last === 'skipped') return workNodes(phase, nodes).some(hasFailed) ? 'failed' : 'skipped';
  if (PHASE_OVER.has(last)) return last;
  const next = nodes.node(nextOf(phase.id));
  if (next?.status === 'waiting') return 'ready';
  if (next !== undefined && next.status !== 'completed') return 'pending';
  const work = workNodes(phase, nodes).map(({ status }) => status);
  const active = work.some((status) => status === 'running' || status === 'ready');
  return !active && work.includes('waiting') ? 'waiting' : 'running';
}

function hasFailed({ status }: NodeView): boolean {
  return status === 'failed' || status === 'timeout';
}

/** The nodes that do the work of a phase and check it. */
function workNodes(phase: PhasePlan, nodes: PhaseNodes): NodeView[] {
  return workIds(phase).flatMap((id) => nodes.node(id) ?? []);
}

function workIds({ id, agents, gates }: PhasePlan): string[] {
  return [
    ...agents.map((agent) => agentOf(id, agent)),
    ...[undefined, ...gates.map((gate) => gate.id)].map((gate) => approvalOf(id, gate)),
    gatesOf(id),
  ];
}

/** The ids of all nodes that are asked for their records. */
export function phaseNodeIds(phase: PhasePlan): readonly string[] {
  return [nextOf(phase.id), ...workIds(phase)];
}

function timesOf(phase: PhasePlan, nodes: PhaseNodes, status: NodeStatus) {
  const records = workIds(phase).flatMap((id) => nodes.record(id) ?? []);
  const starts = records.flatMap(({ startedAt }) => startedAt ?? []);
  const told = nodes.record(nextOf(phase.id))?.endedAt ?? undefined;
  const startedAt = told ?? (starts.length === 0 ? undefined : Math.min(...starts));
  return {
    startedAt,
    completedAt: PHASE_OVER.has(status) ? endOf(phase, nodes, status) : undefined,
  };
}

/** When its check has ended; of one that came to no check, when the last of its work has. */
function endOf(phase: PhasePlan, nodes: PhaseNodes, status: NodeStatus): number | undefined {
  const checked = nodes.record(gatesOf(phase.id))?.endedAt ?? undefined;
  // What has completed in memory alone is not over yet.
  if (checked !== undefined || status === 'completed') return checked;
  const ends = workIds(phase).flatMap((id) => nodes.record(id)?.endedAt ?? []);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

function reportOf(phase: PhasePlan, nodes: PhaseNodes): ReportedGates | undefined {
  return gateReport(nodes.record(gatesOf(phase.id))?.output);
}

function gatesView(phase: PhasePlan, report: ReportedGates | undefined): RunPhase['gates'] {
  const evaluated = report?.gates ?? [];
  const { governance_score: governance = null, hygiene_score: hygiene = null } = report ?? {};
  return {
    total: report === undefined ? phase.gates.length : evaluated.length,
    passed: evaluated.filter(({ passed }) => passed).length,
    failed: evaluated
      .filter(({ passed, skipped }) => !passed && skipped !== true)
      .map(({ id, type, severity, message }) => ({ id, type, severity, message })),
    governance_score: governance,
    hygiene_score: hygiene,
  };
}

/** What went wrong first in a phase that has failed. */
function errorOf(phase: PhasePlan, nodes: PhaseNodes, status: NodeStatus): RunPhase['error'] {
  if (status !== 'failed' && status !== 'timeout') return null;
  const errors = workNodes(phase, nodes)
    .filter(hasFailed)
    .flatMap(({ error }) => error ?? []);
  const own = errors.find(({ type }) => type !== 'upstream_failed') ?? errors[0];
  return own === undefined ? null : { type: own.type, message: own.message };
}

/** As many files as its agents say that they have left. */
function artifactsSaid({ id, agents }: PhasePlan, nodes: PhaseNodes): number {
  const paths = agents.flatMap((agent) => {
    const output = nodes.record(agentOf(id, agent))?.output;
    const said = isObject(output) ? output.artifacts : undefined;
    return Array.isArray(said) ? said.map(String) : [];
  });
  return new Set(paths).size;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a gate is what keeps a phase from being completed. */
export function isBlocked({ status, error }: RunPhase): boolean {
  return status === 'failed' && error?.type === GATE_BLOCKED;
}

/** What the check of a phase calls its failure when a gate does not let it pass. */
export const GATE_BLOCKED = 'gate_blocked';

const SHOWN_FIRST: readonly (readonly NodeStatus[])[] = [
  ['running', 'waiting'],
  ['ready'],
  ['failed', 'timeout', 'cancelled', 'skipped'],
  ['pending'],
];

/** The phase that a run is at: one that goes on, else one that is ready, has failed, or comes next. */
export function currentPhase(phases: readonly RunPhase[]): string | null {
  for (const statuses of SHOWN_FIRST) {
    const found = phases.find(({ status }) => statuses.includes(status));
    if (found !== undefined) return found.phase;
  }
  return null;
}
