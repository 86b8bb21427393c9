import type { HygieneFinding } from '@tenuto/contract';
import type { Palette } from '../terminal/palette.ts';
import { printable } from '../terminal/text.ts';

const HUES = { error: 'red', warning: 'yellow', info: 'gray' } as const;

/** Findings by kind, with what to do about each kind said once. */
export function findingLines(
  findings: readonly HygieneFinding[],
  palette: Palette,
): readonly string[] {
  return [...Map.groupBy(findings, ({ kind }) => kind).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { kind, severity, remediation } = first;
    const lost = group.reduce((sum, { penalty }) => sum + penalty, 0);
    const head = `${kind.replaceAll('_', ' ')} (${group.length}, -${lost.toFixed(2)})`;
    return [
      '',
      `  ${palette[HUES[severity]](head)}`,
      ...group.map(({ path, line, message }) => {
        const place = path === '' ? '.' : path;
        return `    ${printable(line === undefined ? place : `${place}:${line}`)}  ${printable(message)}`;
      }),
      palette.dim(`    ${printable(remediation)}`),
    ];
  });
}
