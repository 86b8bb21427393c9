import type { RunDetail, RunMetrics } from '@tenuto/contract';
import { duration } from '../terminal/duration.ts';
import type { Palette } from '../terminal/palette.ts';
import { tableLines } from '../terminal/table.ts';
import { readTestReport } from '../watch/test-report.ts';
import type { AuditReport } from './audit-report.ts';

const LICENCES_SHOWN = 6;
const CASES_SHOWN = 8;

/** The audit's report as a table. `output` is what the job's last node gave. */
export function auditLines(output: unknown, palette: Palette): readonly string[] {
  const report = auditOf(output);
  if (report === undefined) return [palette.red('  there is no report')];
  const { packages, files, bytes, licences, largest, findings } = report;
  return [
    `  ${packages} packages, ${files} files, ${megabytes(bytes)}; ${findings.length} findings`,
    ...findings.slice(0, CASES_SHOWN).map(({ name, finding }) => `    ${name}: ${finding}`),
    ...indented(
      tableLines(
        ['LICENCE', 'PACKAGES'],
        licences.slice(0, LICENCES_SHOWN).map(([licence, count]) => [licence, String(count)]),
      ),
    ),
    ...indented(
      tableLines(
        ['LARGEST', 'VERSION', 'SIZE'],
        largest.map(({ name, version, bytes: size }) => [name, version, megabytes(size)]),
      ),
    ),
  ];
}

/** The cases of a test suite, failures first. */
export function testLines(output: unknown, palette: Palette): readonly string[] {
  const report = readTestReport(output);
  if (report === undefined) return [palette.red('  there is no report')];
  return [
    `  ${report.counts}`,
    ...casesOf(output)
      .slice(0, CASES_SHOWN)
      .map(
        ({ status, name }) =>
          `    ${status === 'passed' ? palette.green('✓') : palette.red('✗')} ${name}`,
      ),
    ...(casesOf(output).length > CASES_SHOWN
      ? [palette.dim(`    … and ${casesOf(output).length - CASES_SHOWN} more`)]
      : []),
  ];
}

/** The phases of a run as a table, and what the run would have cost. */
export function phasedLines(
  { phases }: Pick<RunDetail, 'phases'>,
  metrics: Pick<RunMetrics, 'total_token_usage' | 'total_cost_usd' | 'models_metrics'>,
  palette: Palette,
): readonly string[] {
  const { total_token_usage: usage, total_cost_usd: cost, models_metrics: models } = metrics;
  const failed = phases.flatMap(({ gates }) => gates.failed);
  const calls = models.reduce((sum, one) => sum + one.calls, 0);
  return [
    ...indented(
      tableLines(
        ['PHASE', 'AGENTS', 'FILES', 'GATES', 'TIME'],
        phases.map(({ name, agent_ids: agents, artifacts_count: files, gates, ...phase }) => [
          name,
          agents.join(', '),
          String(files),
          `${gates.passed} of ${gates.total}`,
          phase.duration_seconds === null ? '' : duration(phase.duration_seconds * 1_000),
        ]),
      ),
    ),
    ...failed.map(({ id, severity, message }) =>
      palette.yellow(`    ${severity} of ${id}: ${message}`),
    ),
    '',
    `  ${calls} calls of ${models.map(({ model }) => model).join(', ')}, ` +
      `${usage.total} tokens: $${cost.toFixed(2)} by the table of prices, had they been real`,
  ];
}

interface Case {
  readonly status: string;
  readonly name: string;
}

function casesOf(output: unknown): readonly Case[] {
  const cases = (output as { readonly cases?: readonly Case[] } | null | undefined)?.cases ?? [];
  return [...cases].sort((a, b) => Number(a.status === 'passed') - Number(b.status === 'passed'));
}

function auditOf(output: unknown): AuditReport | undefined {
  return (output as { readonly json?: AuditReport } | null | undefined)?.json;
}

function indented(lines: readonly string[]): string[] {
  return ['', ...lines.map((line) => `    ${line}`)];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
