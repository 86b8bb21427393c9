/** Entries of a run's feed as lines for people. */
import type { NodeStatus, RunFeedEntry } from '@tenuto/contract';
import { duration } from '../terminal/duration.ts';
import type { Palette } from '../terminal/palette.ts';
import { statusText } from '../terminal/status.ts';
import { plural, printable, printableLines } from '../terminal/text.ts';

type Of<Type extends RunFeedEntry['type']> = Extract<RunFeedEntry, { type: Type }>;

/** The lines that tell of an entry. */
export function entryLines(entry: RunFeedEntry, palette: Palette): readonly string[] {
  switch (entry.type) {
    case 'run':
      return [runLine(entry, palette)];
    case 'node':
      return [nodeLine(entry, palette)];
    case 'log':
      return logLines(entry, palette);
    case 'artifact':
      return [artifactLine(entry, palette)];
    case 'cost':
      return [`${palette.yellow('$ cost')}  ${said(entry.node_id, costText(entry))}`];
    case 'intervention':
      return [`${palette.yellow(`? ${entry.state}`)}  ${said(entry.node_id, entry.message)}`];
    case 'approval':
      return [approvalLine(entry, palette)];
    case 'recovery':
      return [
        `${palette.yellow('↻ recovery')}  ${said(entry.node_id, entry.action, entry.reason)}`,
      ];
    case 'note':
      return [palette.dim(`· ${entry.what}  ${said(entry.node_id, entry.name, entry.reason)}`)];
    case 'end':
      return [endLine(entry, palette)];
  }
}

function said(...parts: readonly (string | null)[]): string {
  return parts
    .filter((part): part is string => part !== null && part !== '')
    .map(printable)
    .join('  ');
}

function runLine({ to, reason, actor }: Of<'run'>, palette: Palette): string {
  const by = actor === null ? null : `by ${actor}`;
  return [`${statusText(to, palette)} (the run)`, said(by, reason)].filter(Boolean).join('  ');
}

function nodeLine(entry: Of<'node'>, palette: Palette): string {
  const { node_id: nodeId, status, attempt, duration_ms: ms, error, retry_at: retryAt } = entry;
  const again = attempt > 1 ? `attempt ${attempt}` : null;
  const took = ms === undefined || ms === null ? null : duration(ms);
  const retry = typeof retryAt === 'string' ? `again at ${retryAt}` : null;
  const shown: NodeStatus = status;
  return `${statusText(shown, palette)}  ${said(nodeId, again, took, error?.message ?? null, retry)}`;
}

function logLines({ node_id: nodeId, text, cut }: Of<'log'>, palette: Palette): readonly string[] {
  const prefix = palette.dim(`${printable(nodeId)} | `);
  const lines = printableLines(text.replace(/\r?\n$/, '')).map((line) => prefix + line);
  return cut === undefined ? lines : [...lines, `${prefix}${palette.dim(`… (${cut} bytes)`)}`];
}

function artifactLine(
  { node_id: nodeId, path, size_bytes: size, gone }: Of<'artifact'>,
  palette: Palette,
): string {
  const what = gone ? palette.dim('- artifact') : palette.cyan('+ artifact');
  return `${what}  ${said(nodeId, path, gone ? null : plural(size, 'byte'))}`;
}

function costText({ model, input_tokens, output_tokens, cost_usd: usd }: Of<'cost'>): string {
  const cost = usd === null ? 'no price' : `$${usd.toFixed(4)}`;
  return `${cost}  ${model}  ${input_tokens} in, ${output_tokens} out`;
}

function approvalLine(entry: Of<'approval'>, palette: Palette): string {
  const { what, state, node_id: nodeId, title, by, decision, comment } = entry;
  const word = what === 'vote' ? (decision ?? 'vote') : state;
  return `${palette.yellow(`? ${word}`)}  ${said(nodeId, title, by && `by ${by}`, comment)}`;
}

function endLine({ status, counts, duration_ms: ms, error }: Of<'end'>, palette: Palette): string {
  const { completed, failed, skipped } = counts;
  const took = ms === null ? null : duration(ms);
  const told = `${completed} completed, ${failed} failed, ${skipped} skipped`;
  return `${statusText(status, palette)}  ${said(took, told, error?.message ?? null)}`;
}
