import type { DoctorCheckResult, DoctorRepairBody, DoctorReportBody } from '@tenuto/contract';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import type { Palette } from '../terminal/palette.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import { verdictText } from '../terminal/verdict.ts';
import type { Command } from './command.ts';

export interface DoctorOptions {
  readonly repair?: boolean;
  readonly dryRun?: boolean;
  readonly deep?: boolean;
  readonly check?: readonly string[];
}

const DETAIL_CHARS = 110;

/** `tenuto doctor`: ends with 0 when nothing is wrong, and with 1 when something is. */
export const doctor: Command<[options: DoctorOptions]> = async (session, options) => {
  const { output, client } = session;
  const { repair = false, dryRun = false, deep = false, check: checks } = options;
  if (dryRun && !repair) throw new UsageError('--dry-run says what --repair would do.');
  const wanted = { ...(deep && { deep }), ...(checks !== undefined && { checks: [...checks] }) };
  if (!repair) {
    const report = await client().doctor.examine(wanted);
    output.result(report, () => [
      ...reportLines(report, output.palette),
      ...adviceLines(report.checks),
    ]);
    return exitCodeOf(report);
  }
  const answer = await client().doctor.repair({ ...wanted, ...(dryRun && { dry_run: true }) });
  output.result(answer, () => repairLines(answer, output.palette));
  return exitCodeOf(answer.left ?? answer.found);
};

function exitCodeOf({ verdict }: DoctorReportBody): ExitCode {
  return verdict === 'ok' ? EXIT.ok : EXIT.unsound;
}

function reportLines(report: DoctorReportBody, palette: Palette): readonly string[] {
  return [
    ...tableLines(
      ['CHECK', 'VERDICT', 'FOUND', ''],
      report.checks.flatMap((check) => checkRows(check, palette)),
    ),
    '',
    summary(report),
  ];
}

/** The check with its first evidence beside it, and the rest below. */
function checkRows(check: DoctorCheckResult, palette: Palette): readonly string[][] {
  const { name, verdict, count, more, evidence } = check;
  const [first = '', ...rest] = evidence.map(({ subject, detail }) =>
    truncate(printable(`${subject} ${detail}`), DETAIL_CHARS),
  );
  const found = count === 0 ? '' : `${count}${more ? '+' : ''}`;
  return [
    [printable(name), verdictText(verdict, palette), found, first],
    ...rest.map((line) => ['', '', '', line]),
  ];
}

function summary({ checks, sample, duration_ms: took }: DoctorReportBody): string {
  const count = (verdict: DoctorCheckResult['verdict']) =>
    checks.filter((check) => check.verdict === verdict).length;
  const left = sample.left_out === 0 ? '' : `, ${sample.left_out} left out as too large`;
  return (
    `${checks.length} checks in ${Math.round(took)} ms, on ${sample.live_runs} live and ` +
    `${sample.over_runs} ended runs${left}: ${count('error')} with errors, ` +
    `${count('warning')} with warnings.`
  );
}

function adviceLines(checks: readonly DoctorCheckResult[]): readonly string[] {
  const mendable = checks.filter(({ count, repair }) => count > 0 && repair !== null);
  if (mendable.length === 0) return [];
  return [
    '`tenuto doctor --repair` would:',
    ...mendable.map(({ name, repair }) => `  ${printable(name)}: ${printable(repair ?? '')}`),
  ];
}

function repairLines(answer: DoctorRepairBody, palette: Palette): readonly string[] {
  const { dry_run: tried, found, repaired, left } = answer;
  if (tried) return [...reportLines(found, palette), ...adviceLines(found.checks)];
  return [
    ...(repaired.length === 0 ? ['Nothing was to be repaired.'] : []),
    ...repaired.map(({ check, count }) => `Repaired ${printable(check)}: ${count}`),
    ...reportLines(left ?? found, palette),
  ];
}
