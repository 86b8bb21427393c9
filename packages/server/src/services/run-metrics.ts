import type { BudgetStateView, RunMetrics, TokenTotals } from '@tenuto/contract';
import {
  type BudgetStore,
  type CallSums,
  isRecorded,
  type MetricsStore,
  type NodeSums,
  nanoUsd,
  type RunRecord,
  usdOf,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { budgetStateView } from './budgets.ts';
import { type GateReport, gateReports, governanceScore, warningsOf } from './gate-reports.ts';
import { findJob } from './job-find.ts';
import { viewOf } from './node-find.ts';
import { isDone, isWork, type PhaseNodes, phaseNodesOf, spanOf } from './phase-nodes.ts';
import { projectionOf } from './run-projection.ts';
import type { JobParts } from './services.ts';

export interface RunMetricsParts extends JobParts {
  readonly metrics: MetricsStore;
  readonly budgets: Pick<BudgetStore, 'ofRun'>;
}

/**
 * What a run has cost, and what came of it.
 * @throws OrchestrationError 404
 */
export async function getRunMetrics(
  parts: RunMetricsParts,
  caller: Caller,
  runId: string,
): Promise<RunMetrics> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const run = await findJob(parts, access, runId);
  const now = parts.clock.wall();
  const { metrics } = parts;
  // Of a graph without phases the nodes may be many, and none of them is told of.
  const viewed = isPhased(run) ? await viewOf(parts, access, run) : undefined;
  const phases = viewed === undefined ? [] : phaseNodesOf(viewed.plan);
  const [calls, unknown, errors, sums, artifacts, accounts, reports] = await Promise.all([
    metrics.calls(run.runId),
    metrics.unknownCalls(run.runId),
    metrics.errors(run.runId),
    viewed === undefined ? [] : metrics.nodes(run.runId),
    metrics.artifacts(run.runId),
    parts.budgets.ofRun(run.runId),
    gateReports(metrics, run.runId, phases),
  ]);
  const ofPhase = (phase: PhaseNodes) =>
    phaseMetrics(phase, {
      ...{ calls, sums, artifacts, report: reports.get(phase.phase) },
      idOf: (node) => viewed?.nodes.idOf(node) ?? '',
      until: run.over || isDone(viewed, phase) ? undefined : now,
    });
  const known = [...reports.values()];
  const last = known.at(-1);
  const budgets = budgetsOf(run, accounts.map(budgetStateView));
  return {
    ...{ run_id: run.runId, total_duration_seconds: durationOf(run, now) },
    ...{ total_token_usage: spendingOf(calls).token_usage, total_cost_usd: costOf(calls) },
    total_recorded_cost_usd: recordedOf(calls),
    ...{ phases_metrics: [...phases.map(ofPhase), ...otherPhases(phases, calls)] },
    ...{ agents_metrics: calls.map(agentMetrics), models_metrics: modelMetrics(calls) },
    governance_score: governanceScore(known),
    hygiene_score: last?.hygiene_score ?? null,
    hygiene_findings: last?.hygiene_findings ?? [],
    ...{ artifacts_total: sum([...artifacts.values()]), errors_count: errors },
    unknown_calls: { count: unknown.count, expected_cost_usd: usdOf(unknown.expectedNano) },
    projection: await projectionOf(parts, access, { run, viewed, phases, calls, sums, now }),
    ...{ budgets, warnings: warnings(calls, budgets, unknown.count) },
  };
}

/** Also one that a task has made from a profile. */
function isPhased({ kind, input }: RunRecord): boolean {
  return kind === 'phased' || input.phased !== undefined;
}

function durationOf(run: RunRecord, now: number): number | null {
  if (run.startedAt === null) return null;
  return Math.round(Math.max(0, (run.completedAt ?? now) - run.startedAt)) / 1_000;
}

interface PhaseFacts {
  readonly calls: readonly CallSums[];
  readonly sums: readonly NodeSums[];
  readonly artifacts: ReadonlyMap<string, number>;
  readonly report: GateReport | undefined;
  /** It goes on: its time is counted up to here. */
  readonly until: number | undefined;
  idOf(node: number): string;
}

function phaseMetrics(
  { phase, nodes }: PhaseNodes,
  { calls, sums, artifacts, report, until, idOf }: PhaseFacts,
): RunMetrics['phases_metrics'][number] {
  const span = spanOf(sums, new Set(nodes));
  const ended = new Set(sums.map(({ node }) => node));
  const executed = nodes.filter((node) => ended.has(node) && isWork(idOf(node)));
  return {
    phase,
    duration_seconds:
      span === undefined ? null : Math.round((until ?? span.to) - span.from) / 1_000,
    ...spendingOf(calls.filter((one) => one.phase === phase)),
    agents_executed: executed.length,
    artifacts_generated: artifacts.get(phase) ?? 0,
    governance_passed: report?.passed ?? null,
    governance_score: report?.governance_score ?? null,
    governance_warnings: report === undefined ? 0 : warningsOf(report),
    hygiene_score: report?.hygiene_score ?? null,
  };
}

/** Phases that agents named in a run that was not made from a profile. */
function otherPhases(
  phases: readonly PhaseNodes[],
  calls: readonly CallSums[],
): RunMetrics['phases_metrics'] {
  const known = new Set(phases.map(({ phase }) => phase));
  const named = new Set(calls.flatMap(({ phase }) => (phase === null ? [] : [phase])));
  return [...named]
    .filter((phase) => !known.has(phase))
    .map((phase) => {
      const own = calls.filter((one) => one.phase === phase);
      return {
        ...{ phase, duration_seconds: null, ...spendingOf(own) },
        agents_executed: new Set(own.map(({ agent }) => agent)).size,
        ...{ artifacts_generated: 0, governance_passed: null, governance_score: null },
        ...{ governance_warnings: 0, hygiene_score: null },
      };
    });
}

function agentMetrics(sums: CallSums): RunMetrics['agents_metrics'][number] {
  const { agent, phase, model, durationMs } = sums;
  return { agent, phase, model, ...spendingOf([sums]), duration_seconds: durationMs / 1_000 };
}

function modelMetrics(calls: readonly CallSums[]): RunMetrics['models_metrics'] {
  const models = [...new Set(calls.map(({ model }) => model))].toSorted();
  return models.map((model) => ({
    ...{ model, ...spendingOf(calls.filter((one) => one.model === model)) },
  }));
}

function spendingOf(calls: readonly CallSums[]) {
  const input = sum(calls.map(({ usage }) => usage.input));
  const output = sum(calls.map(({ usage }) => usage.output));
  const usage: TokenTotals = {
    ...{ input, output, total: input + output },
    cached: sum(calls.map((one) => one.usage.cached)),
    reasoning: sum(calls.map((one) => one.usage.reasoning)),
  };
  return {
    ...{ calls: sum(calls.map((one) => one.calls)), token_usage: usage },
    ...{ cost_usd: costOf(calls), recorded_cost_usd: recordedOf(calls) },
  };
}

/** Added up in whole nano-USD: the sum of the parts is the whole. */
function costOf(calls: readonly CallSums[]): number {
  return usdOf(sum(calls.map(({ costNano }) => costNano)));
}

function recordedOf(calls: readonly CallSums[]): number {
  return costOf(calls.filter(({ model }) => isRecorded(model)));
}

/** Those that were spent from, and those that the run was given and has not touched. */
function budgetsOf(run: RunRecord, used: readonly BudgetStateView[]): BudgetStateView[] {
  const { run: whole, phases = {} } = run.input.budgets ?? {};
  const given = [
    ...(whole === undefined ? [] : [{ scope: 'run' as const, subject: null, budget: whole }]),
    ...Object.entries(phases).map(([subject, budget]) => ({
      ...{ scope: 'phase' as const, subject, budget },
    })),
  ];
  const untouched = given
    .filter((one) => !used.some((two) => two.scope === one.scope && two.subject === one.subject))
    .map(({ scope, subject, budget }) =>
      budgetStateView({
        ...{ scope, subject, limit: nanoUsd(budget.usd), spent: 0, reserved: 0, warned: false },
        ...{ warnAt: budget.warn_at ?? 0.8, onCrossing: budget.on_crossing ?? 'pause' },
      }),
    );
  return [...used, ...untouched];
}

function warnings(
  calls: readonly CallSums[],
  budgets: readonly BudgetStateView[],
  unknown: number,
): string[] {
  const unpriced = new Map<string, number>();
  for (const { model, unpriced: count } of calls) {
    if (count > 0) unpriced.set(model, (unpriced.get(model) ?? 0) + count);
  }
  return [
    ...[...unpriced].map(
      ([model, count]) =>
        `No price of ${model} is known: ${count} of its calls count as free. Add one (POST /prices).`,
    ),
    ...budgets.filter(({ warned }) => warned).map(budgetWarning),
    ...(unknown === 0 ? [] : [`Of ${unknown} calls nobody knows whether they were answered.`]),
  ];
}

function budgetWarning({ scope, subject, limit_usd, spent_usd }: BudgetStateView): string {
  const whose = subject === null ? `the ${scope}` : `the ${scope} ${subject}`;
  return `${spent_usd} of the ${limit_usd} USD of ${whose} are spent.`;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}
