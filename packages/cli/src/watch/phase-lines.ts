import type { RunDetail, RunPhase } from '@tenuto/contract';
import { duration } from '../terminal/duration.ts';
import type { Palette } from '../terminal/palette.ts';
import { statusIcon, statusText, statusWord } from '../terminal/status.ts';
import { printable } from '../terminal/text.ts';

/** A run with its phases under each other, as the steps that they are. */
export function runLines(run: RunDetail, palette: Palette): readonly string[] {
  const { phases, name, profile, run_id: runId } = run;
  const of = profile === null ? '' : palette.dim(` (${printable(profile)})`);
  const waiting = run.waiting_for === null ? [] : [`  ${printable(run.waiting_for.detail)}`];
  const error = run.error === null ? [] : [palette.red(`  ${printable(run.error.message)}`)];
  const width = Math.max(0, ...phases.map((phase) => phase.name.length));
  return [
    `${statusText(run.status, palette)}  ${palette.bold(printable(name))}${of}`,
    palette.dim(`  ${runId}`),
    ...waiting,
    ...error,
    ...phases.flatMap((phase, i) =>
      phaseLines(phase, { palette, width, isLast: i === phases.length - 1 }),
    ),
    ...adviceFor(run),
  ];
}

interface Style {
  readonly palette: Palette;
  readonly width: number;
  readonly isLast: boolean;
}

function phaseLines(phase: RunPhase, { palette, width, isLast }: Style): readonly string[] {
  const { status, name, kept } = phase;
  const rail = palette.dim(isLast ? ' ' : '│');
  const more = [
    ...(phase.duration_seconds === null ? [] : [duration(phase.duration_seconds * 1_000)]),
    ...(phase.artifacts_count === 0 ? [] : [filesText(phase.artifacts_count)]),
    ...gateText(phase),
    ...(kept ? ['taken over'] : []),
  ];
  const word = status === 'ready' ? palette.cyan('waits for next') : statusWord(status, palette);
  const detail = more.length === 0 ? '' : palette.dim(`  ${more.join(', ')}`);
  return [
    `  ${statusIcon(status, palette)} ${printable(name).padEnd(width)}  ${word}${detail}`,
    ...phase.gates.failed.map(({ severity, id, message }) => {
      const hue = severity === 'error' ? palette.red : palette.yellow;
      const icon = severity === 'error' ? '✗' : '!';
      return `  ${rail}   ${hue(`${icon} ${printable(id)}`)}: ${printable(message)}`;
    }),
    ...(phase.error === null || phase.error.type === 'gate_blocked'
      ? []
      : [`  ${rail}   ${palette.red(printable(phase.error.message))}`]),
  ];
}

function filesText(count: number): string {
  return count === 1 ? '1 artifact' : `${count} artifacts`;
}

function gateText({ gates, status }: RunPhase): readonly string[] {
  if (gates.total === 0 || gates.governance_score === null) return [];
  const score = Math.round(gates.governance_score * 100);
  return status === 'pending' ? [] : [`${gates.passed}/${gates.total} gates (${score}%)`];
}

/** What there is to do next. */
function adviceFor({ run_id: runId, status, phases }: RunDetail): readonly string[] {
  const blocked = phases.some(({ error }) => error?.type === 'gate_blocked');
  if (status === 'running' && phases.some((phase) => phase.status === 'ready')) {
    return [`Go on: tenuto run next ${runId}`];
  }
  if (status === 'failed' && blocked) return [`Execute it again: tenuto run next ${runId}`];
  if (status !== 'completed' || phases.length === 0) return [];
  return [`Its files: tenuto artifacts list ${runId}`, `What it cost: tenuto run metrics ${runId}`];
}
