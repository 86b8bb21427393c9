import type { RunMetrics } from '@tenuto/contract';
import {
  type Access,
  type CallSums,
  type MetricsStore,
  median,
  type NodeSums,
  type PastRun,
  type PastSpending,
  type PresentPhase,
  project,
  type RunRecord,
  usdOf,
} from '@tenuto/engine';
import type { Viewed } from './node-find.ts';
import { isDone, type PhaseNodes, phaseNodesOf, spanOf } from './phase-nodes.ts';
import type { Plans } from './plans.ts';

interface ProjectionParts {
  readonly metrics: Pick<MetricsStore, 'pastRuns'>;
  readonly plans: Plans;
}

interface Present {
  readonly run: RunRecord;
  /** Absent for a run without phases. */
  readonly viewed: Viewed | undefined;
  readonly phases: readonly PhaseNodes[];
  readonly calls: readonly CallSums[];
  readonly sums: readonly NodeSums[];
  readonly now: number;
}

/** Runs of the past that a projection is made of. */
const PAST_RUNS = 20;

/** What a run will still cost and take. */
export async function projectionOf(
  parts: ProjectionParts,
  access: Access,
  present: Present,
): Promise<RunMetrics['projection']> {
  const { run } = present;
  if (run.over) return { remaining_cost_usd: 0, remaining_seconds: 0, basis: 'over', runs: 0 };
  const past = await parts.metrics.pastRuns({
    ...{ owner: run.owner, profile: run.input.budgets?.profile, taskId: run.taskId },
    ...{ before: run.runId, most: PAST_RUNS },
  });
  if (present.phases.length === 0) return wholeRun(present, past);
  const spendings: PastSpending[] = [];
  for (const one of past) spendings.push(await spendingOf(parts, access, one));
  const { costNano, ms, basis } = project(presentPhases(present), spendings);
  return {
    remaining_cost_usd: costNano === null ? null : usdOf(costNano),
    remaining_seconds: ms === null ? null : ms / 1_000,
    ...{ basis, runs: basis === 'history' ? past.length : 0 },
  };
}

/** A run without phases is like one phase. */
function wholeRun(
  { run, calls, now }: Present,
  past: readonly PastRun[],
): RunMetrics['projection'] {
  if (past.length === 0) {
    return { remaining_cost_usd: null, remaining_seconds: null, basis: 'none', runs: 0 };
  }
  const cost = median(past.map(({ costs }) => sum(costs.map(({ costNano }) => costNano))));
  const ms = median(past.map(({ durationMs }) => durationMs ?? 0));
  const spent = sum(calls.map(({ costNano }) => costNano));
  const elapsed = run.startedAt === null ? 0 : now - run.startedAt;
  return {
    remaining_cost_usd: usdOf(Math.max(0, cost - spent)),
    remaining_seconds: Math.round(Math.max(0, ms - elapsed)) / 1_000,
    ...{ basis: 'history', runs: past.length },
  };
}

function presentPhases({ viewed, phases, calls, sums, now }: Present): readonly PresentPhase[] {
  return phases.map((phase) => {
    const done = isDone(viewed, phase);
    const span = spanOf(sums, new Set(phase.nodes));
    return {
      ...{ phase: phase.phase, done },
      costNano: sum(calls.filter((one) => one.phase === phase.phase).map((one) => one.costNano)),
      durationMs: span === undefined ? 0 : Math.max(0, (done ? span.to : now) - span.from),
    };
  });
}

async function spendingOf(
  { plans }: ProjectionParts,
  access: Access,
  past: PastRun,
): Promise<PastSpending> {
  const plan = await plans(access, past);
  return phaseNodesOf(plan).map(({ phase, nodes }) => {
    const span = spanOf(past.nodes, new Set(nodes));
    const costNano = past.costs.find((cost) => cost.phase === phase)?.costNano ?? 0;
    return { phase, costNano, durationMs: span === undefined ? 0 : span.to - span.from };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}
