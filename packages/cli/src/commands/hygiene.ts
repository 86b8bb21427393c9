import { stat } from 'node:fs/promises';
import type { HygieneReport } from '@tenuto/contract';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import type { Palette } from '../terminal/palette.ts';
import { plural, printable } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { contentOf, filesIn } from './folder-files.ts';
import { findingLines } from './hygiene-lines.ts';

export interface HygieneOptions {
  /** As it was written. */
  readonly minScore?: string;
}

/**
 * `tenuto hygiene [FOLDER]`: the hygiene of a folder on this machine, by the same rules by which
 * phases of runs are looked at; no server is needed.
 */
export const hygiene: Command<[folder: string, options: HygieneOptions]> = async (
  { output },
  folder,
  { minScore },
) => {
  const least = readScore(minScore);
  await requireFolder(folder);
  const report = await surveyFolder(folder);
  output.result(report, () => reportLines(report, { folder, palette: output.palette }));
  const code: ExitCode = report.hygiene_score < least ? EXIT.unsound : EXIT.ok;
  return code;
};

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new UsageError(`There is no folder ${printable(folder)}.`);
  }
}

async function surveyFolder(folder: string): Promise<HygieneReport> {
  const { createHygieneSurvey, HYGIENE_LIMITS, isBinaryName, isForeign, textOf } = await import(
    '@tenuto/engine/governance'
  );
  const survey = createHygieneSurvey();
  for await (const file of filesIn(folder, isForeign)) {
    const { path, sizeBytes } = file;
    const { hash, bytes } = await contentOf(file, HYGIENE_LIMITS.textBytes);
    const text = bytes === undefined || isBinaryName(path) ? undefined : textOf(bytes);
    survey.add({ path, sizeBytes, hash, ...(text !== undefined && { text }) });
  }
  return survey.report();
}

function readScore(text: string | undefined): number {
  if (text === undefined) return 0;
  const score = Number(text);
  if (text.trim() !== '' && score >= 0 && score <= 1) return score;
  throw new UsageError(`A score is a number from 0 to 1; "${printable(text)}" is not.`);
}

function reportLines(
  report: HygieneReport,
  { folder, palette }: { readonly folder: string; readonly palette: Palette },
): readonly string[] {
  const { hygiene_score: score, findings, findings_omitted: omitted, files, unread } = report;
  const hue = score >= 0.9 ? 'green' : score >= 0.7 ? 'yellow' : 'red';
  const size = `${plural(files, 'file')}, ${(report.bytes / 1_000_000).toFixed(1)} MB`;
  return [
    `Hygiene of ${printable(folder)}: ${palette[hue](score.toFixed(3))}  (${size})`,
    ...(findings.length === 0 ? ['Nothing found.'] : findingLines(findings, palette)),
    ...(omitted > 0 ? ['', `… and ${plural(omitted, 'more finding')}.`] : []),
    ...(unread.length > 0
      ? ['', `Too large to look into: ${unread.map(printable).join(', ')}.`]
      : []),
  ];
}
