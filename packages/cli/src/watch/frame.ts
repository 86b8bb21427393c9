import type { Job } from '@tenuto/contract';
import { duration } from '../terminal/duration.ts';
import type { Palette } from '../terminal/palette.ts';
import { statusIcon, statusText, statusWord } from '../terminal/status.ts';
import { cellWidth, padEnd, printable, truncate } from '../terminal/text.ts';
import { nodeDetail } from './node-text.ts';
import { type Outline, treeOf } from './outline.ts';
import { countsText, fitRows, type Row } from './rows.ts';
import type { Snapshot } from './snapshot.ts';

export interface FrameOptions {
  readonly outline: Outline;
  readonly palette: Palette;
  /** Columns and rows that the frame may take. */
  readonly width: number;
  readonly height: number;
  /** Wall time in milliseconds since the epoch. */
  readonly now: number;
  /** How far rings have turned. */
  readonly turn: number;
  /** Said in the last line: the server is away, for instance. */
  readonly notice?: string;
}

/** On fewer columns than this nothing but a short line is drawn. */
const NARROWEST = 24;

function shortLine({ progress_percentage: percent, status }: Job): string {
  return `${Math.floor(percent)}% ${status}`;
}

/** Draws a job as it stands: its name, a bar, and the tree of its nodes, within the given size. */
export function renderFrame(snapshot: Snapshot, options: FrameOptions): readonly string[] {
  const { width, height, notice, outline } = options;
  if (width < NARROWEST) return [truncate(shortLine(snapshot.job), width)];
  const head = [titleLine(snapshot.job, options), barLine(snapshot.job, options)];
  const foot =
    notice === undefined ? [] : [options.palette.yellow(truncate(printable(notice), width))];
  const room = height - head.length - foot.length - (snapshot.omitted > 0 ? 1 : 0);
  const rows = fitRows(treeOf(snapshot.nodes, outline), Math.max(0, room));
  const more =
    snapshot.omitted > 0
      ? [options.palette.dim(truncate(`… ${snapshot.omitted} more nodes`, width))]
      : [];
  return [...head, ...rowLines(rows, options), ...more, ...foot].slice(0, Math.max(1, height));
}

function titleLine(job: Job, { palette, width, now, turn }: FrameOptions): string {
  const status = job.cancelling ? `${job.status}, cancelling` : job.status;
  const side = `  ${status}${elapsedText(job, now)}`;
  const name = truncate(printable(job.job_name), Math.max(1, width - cellWidth(side) - 2));
  const icon = statusIcon(job.status, palette, turn);
  return `${icon} ${palette.bold(name)}${truncate(side, Math.max(0, width - cellWidth(name) - 2))}`;
}

function elapsedText(job: Job, now: number): string {
  if (job.started_at === null) return '';
  const end = job.completed_at === null ? now : Date.parse(job.completed_at);
  return `  ${duration(end - Date.parse(job.started_at))}`;
}

const BAR_CELLS = 24;

function barLine(job: Job, { palette, width }: FrameOptions): string {
  const { counts, progress_percentage: percent } = job;
  const cells = Math.min(BAR_CELLS, Math.max(0, width - 5));
  const done = Math.floor((Math.min(100, Math.max(0, percent)) / 100) * cells);
  const share = `${String(Math.floor(percent)).padStart(3)}%`;
  const said = [
    [counts.completed, 'completed'],
    [counts.running, 'running'],
    [counts.failed, 'failed'],
    [counts.skipped, 'skipped'],
    [counts.pending, 'to go'],
  ] as const;
  const words = said.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : []));
  const bar = palette.blue('━'.repeat(done)) + palette.gray('╌'.repeat(cells - done));
  return `${bar} ${share}${truncate(`  ${words.join(', ')}`, Math.max(0, width - cells - 5))}`;
}

function rowLines(rows: readonly Row[], options: FrameOptions): readonly string[] {
  const { width, palette, turn, now } = options;
  const labels = rows.map((row) => '  '.repeat(row.depth) + printable(row.label));
  const widest = labels.reduce((most, label) => Math.max(most, cellWidth(label)), 0);
  const labelCells = Math.min(widest, Math.max(8, Math.floor(width / 2)));
  return rows.map((row, i) => {
    const label = padEnd(truncate(labels[i] ?? '', labelCells), labelCells);
    const room = width - labelCells - 2;
    if (room < 12)
      return `${statusIcon(row.status, palette, turn)} ${truncate(label.trimEnd(), width - 2)}`;
    const icon = statusIcon(row.status, palette, turn);
    if (row.members) {
      return `${icon} ${label}  ${truncate(countsText(row.members), room - 2)}`;
    }
    const word = padEnd(row.status, 9);
    const detail = row.node ? truncate(nodeDetail(row.node, now), room - 13) : '';
    const line = `${icon} ${label}  ${statusWord(row.status, palette).replace(row.status, word)}`;
    return detail === '' ? line.trimEnd() : `${line}  ${detail}`;
  });
}

/** The title of a job in plain words: for the first and the last line of a watch. */
export function jobLine(job: Job, palette: Palette): string {
  return `${statusText(job.status, palette)}  ${palette.bold(printable(job.job_name))}  ${palette.dim(job.job_id)}`;
}
