import type { BudgetStateView, RunMetrics } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { duration } from '../terminal/duration.ts';
import type { Palette } from '../terminal/palette.ts';
import { tableLines } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { facts } from './listing.ts';
import { readUsd } from './prices.ts';

/** `tenuto run metrics RUN`. */
export const showMetrics: Command<[runId: string]> = async ({ output, client }, runId) => {
  const metrics = await client().runs.metrics(runId);
  output.result(metrics, () => metricsLines(metrics, output.palette));
  return EXIT.ok;
};

export interface RaiseOptions {
  /** The budget of this phase. */
  readonly phase?: string;
  readonly reason?: string;
}

/** `tenuto run budget RUN USD`. */
export const raiseBudget: Command<[runId: string, usd: string, options: RaiseOptions]> = async (
  { output, client },
  runId,
  usd,
  { phase, reason },
) => {
  const raised = await client().runs.raiseBudget(runId, {
    usd: readUsd(usd, 'A budget'),
    ...(phase !== undefined && { phase }),
    ...(reason !== undefined && { reason }),
  });
  output.result(raised, () => [
    budgetLine(raised.budget, output.palette),
    `${nodesOf(raised.resolved.length)} that waited for money.`,
  ]);
  return EXIT.ok;
};

function nodesOf(count: number): string {
  return count === 1 ? 'One node goes on' : `${count} nodes go on`;
}

function metricsLines(metrics: RunMetrics, palette: Palette): readonly string[] {
  const { total_token_usage: usage, projection, unknown_calls: unknown } = metrics;
  const phases = metrics.phases_metrics;
  return [
    `${usd(metrics.total_cost_usd)} for ${count(usage.input)} tokens in and ${count(usage.output)} out`,
    ...facts([
      ['recorded', recordedOf(metrics)],
      ['cached', usage.cached === 0 ? '' : count(usage.cached)],
      ['reasoning', usage.reasoning === 0 ? '' : count(usage.reasoning)],
      ['duration', time(metrics.total_duration_seconds)],
      ['governance', share(metrics.governance_score)],
      ['hygiene', share(metrics.hygiene_score)],
      ['artifacts', String(metrics.artifacts_total)],
      ['errors', metrics.errors_count === 0 ? '' : String(metrics.errors_count)],
      [
        'unknown',
        unknown.count === 0
          ? ''
          : `${unknown.count} calls, about ${usd(unknown.expected_cost_usd)}`,
      ],
      ['left', leftOf(projection)],
    ]),
    // What has no limit stands in the tables.
    ...metrics.budgets
      .filter((budget) => budget.limit_usd !== null)
      .map((budget) => budgetLine(budget, palette)),
    ...(phases.length === 0 ? [] : ['', ...phaseTable(phases)]),
    ...(metrics.agents_metrics.length === 0 ? [] : ['', ...agentTable(metrics.agents_metrics)]),
    ...metrics.warnings.map((warning) => palette.yellow(printable(warning))),
  ];
}

/** Answers that were recorded count like others, and nobody is paid for them. */
function recordedOf({ total_recorded_cost_usd: recorded }: RunMetrics): string {
  return recorded === 0 ? '' : `${usd(recorded)} of it for recorded answers: nobody is paid`;
}

function leftOf({
  basis,
  remaining_cost_usd: cost,
  remaining_seconds: seconds,
  runs,
}: RunMetrics['projection']): string {
  if (basis === 'over' || cost === null) return '';
  const by = basis === 'history' ? `${runs} earlier runs` : 'its phases so far';
  return `about ${usd(cost)} and ${time(seconds)}, by ${by}`;
}

function phaseTable(phases: RunMetrics['phases_metrics']): readonly string[] {
  return tableLines(
    ['PHASE', 'COST', 'TOKENS', 'CALLS', 'AGENTS', 'ARTIFACTS', 'GATES', 'TIME'],
    phases.map((phase) => [
      printable(phase.phase),
      ...[usd(phase.cost_usd), count(phase.token_usage.total), String(phase.calls)],
      ...[String(phase.agents_executed), String(phase.artifacts_generated)],
      gatesOf(phase),
      time(phase.duration_seconds),
    ]),
  );
}

function gatesOf({
  governance_passed: passed,
  governance_warnings: warnings,
}: RunMetrics['phases_metrics'][number]): string {
  if (passed === null) return '';
  if (!passed) return 'blocked';
  if (warnings === 0) return 'passed';
  return `passed, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
}

function agentTable(agents: RunMetrics['agents_metrics']): readonly string[] {
  return tableLines(
    ['AGENT', 'PHASE', 'MODEL', 'COST', 'TOKENS', 'CALLS', 'TIME'],
    agents.map((agent) => [
      ...[printable(agent.agent), printable(agent.phase ?? ''), printable(agent.model)],
      ...[usd(agent.cost_usd), count(agent.token_usage.total), String(agent.calls)],
      time(agent.duration_seconds),
    ]),
  );
}

const BAR = 24;

/** What is spent of a budget as a bar: spent, what is going on, and what is left. */
function budgetLine(budget: BudgetStateView, palette: Palette): string {
  const { scope, subject, limit_usd: limit, spent_usd: spent, reserved_usd: reserved } = budget;
  const whose = printable(subject === null || scope === 'run' ? scope : `${scope} ${subject}`);
  if (limit === null) return `${whose}: ${usd(spent)} spent, no limit`;
  const cells = (amount: number) => Math.round(Math.min(1, amount / limit) * BAR);
  const full = cells(spent);
  const going = Math.max(0, cells(spent + reserved) - full);
  const paint = spent >= limit ? palette.red : budget.warned ? palette.yellow : palette.green;
  const bar =
    paint('█'.repeat(full)) + palette.dim('▒'.repeat(going) + '░'.repeat(BAR - full - going));
  return `${whose}: ${bar} ${usd(spent)} of ${usd(limit)}`;
}

/** What is less than a dollar is told to the hundredth of one, so that parts add up to their sum. */
const SMALL = 1;

function usd(amount: number): string {
  if (amount > 0 && amount < 0.0001) return 'under $0.0001';
  return `$${amount.toFixed(amount === 0 || amount >= SMALL ? 2 : 4)}`;
}

function count(tokens: number): string {
  return tokens.toLocaleString('en-US');
}

function share(score: number | null): string {
  return score === null ? '' : `${Math.round(score * 100)}%`;
}

function time(seconds: number | null): string {
  return seconds === null ? '' : duration(seconds * 1_000);
}
