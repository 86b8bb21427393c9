import type { GateResult, PhaseReport, RunGovernance } from '@tenuto/contract';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Palette } from '../terminal/palette.ts';
import { printable } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { findingLines } from './hygiene-lines.ts';

/** `tenuto run gates RUN`: what the gates of its phases have found. */
export const showGates: Command<[runId: string]> = async ({ output, client }, runId) => {
  const answer = await client().runs.governance(runId);
  output.result(answer, () => governanceLines(answer, output.palette));
  const code: ExitCode = answer.passed ? EXIT.ok : EXIT.unsound;
  return code;
};

function governanceLines(answer: RunGovernance, palette: Palette): readonly string[] {
  const { phases, governance_score: score, hygiene_score: hygiene } = answer;
  if (phases.length === 0) return ['No phase has been checked yet.'];
  return [
    `Governance ${percent(score)}${hygiene === null ? '' : `, hygiene ${percent(hygiene)}`}`,
    ...phases.flatMap((phase) => phaseLines(phase, palette)),
    // Each check looks through all that is there: the last one tells of all that is left.
    ...findingLines(phases.at(-1)?.hygiene_findings ?? [], palette),
  ];
}

/** As in the run's metrics and its phases. */
function percent(score: number): string {
  return `${Math.round(score * 100)}%`;
}

function phaseLines(report: PhaseReport, palette: Palette): readonly string[] {
  const { phase, passed, governance_score: score, gates } = report;
  const word = passed ? palette.green('✓ passed') : palette.red('✗ blocked');
  return [
    '',
    `${palette.bold(printable(phase))}  ${word}  ${percent(score)}  ${report.checked_at}`,
    ...gates.flatMap((gate) => gateLines(gate, palette)),
  ];
}

function gateLines(gate: GateResult, palette: Palette): readonly string[] {
  const { id, message, remediation, evidence = [] } = gate;
  return [
    `  ${markOf(gate, palette)} ${printable(id)}  ${printable(message)}`,
    ...(gate.passed || gate.skipped ? [] : evidence.map((line) => `      ${printable(line)}`)),
    ...(remediation === undefined ? [] : [palette.dim(`      ${printable(remediation)}`)]),
  ];
}

function markOf({ passed, skipped, severity }: GateResult, palette: Palette): string {
  if (skipped) return palette.gray('–');
  if (passed) return palette.green('✓');
  return severity === 'error' ? palette.red('✗') : palette.yellow('!');
}
