import type { DryRun } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import type { Palette } from '../terminal/palette.ts';
import { plural, printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { loadJob, readParams, withOverrides } from './job-input.ts';

/** `tenuto validate FILE`: asks the server what it would make of a job, and stores nothing. */
export const validate: Command<
  [path: string, options: { readonly param?: readonly string[] }]
> = async (session, path, options) => {
  const file = await loadJob(session, path);
  const body = withOverrides(file.body, { params: readParams(options.param ?? []) });
  const answer = await session.client().dryRun(body);
  const { output, io } = session;
  output.result(answer, () =>
    dryRunLines(answer, {
      name: file.source.name,
      palette: output.palette,
      width: io.size().width,
    }),
  );
  return EXIT.ok;
};

interface DryRunOptions {
  readonly name: string;
  readonly palette: Palette;
  /** Columns that a line may take. */
  readonly width: number;
}

/** Levels that are drawn; a longer graph is drawn at both ends. */
const LEVELS = 24;
const DOTS = 24;

/** What a dry run found, with a picture of the graph: a line a level, a dot a node. */
export function dryRunLines(answer: DryRun, { name, palette, width }: DryRunOptions) {
  const { node_count, edge_count, levels, warnings, widest_level } = answer;
  const size = [
    plural(node_count, 'node'),
    plural(edge_count, 'edge'),
    plural(levels.length, 'level'),
    `at most ${widest_level.nodes} side by side`,
  ];
  return [
    `${palette.green('✓')} ${palette.bold(printable(name))} is valid: ${size.join(', ')}`,
    '',
    ...picture(answer, palette).map((line) => truncate(line, width)),
    '',
    truncate(`Critical path: ${answer.critical_path.map(printable).join(' → ')}`, width),
    ...warnings.map((warning) => `${palette.yellow('!')} ${printable(warning)}`),
  ];
}

function picture({ levels }: DryRun, palette: Palette): readonly string[] {
  const digits = String(levels.length).length;
  const dots = levels.map(({ nodes }) =>
    nodes > DOTS ? `${'●'.repeat(DOTS - 1)}… ${nodes}` : '●'.repeat(nodes),
  );
  const lines = levels.map(({ level }, i) => {
    const number = String(level).padStart(digits);
    return `  ${number}  ${palette.blue(dots[i] ?? '')}`;
  });
  if (lines.length <= LEVELS) return lines;
  const half = LEVELS / 2;
  const left = lines.length - LEVELS;
  return [...lines.slice(0, half), `  … ${left} more levels`, ...lines.slice(-half)];
}
