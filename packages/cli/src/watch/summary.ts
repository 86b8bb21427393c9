import type { JobNode } from '@tenuto/contract';
import { between } from '../terminal/duration.ts';
import type { Palette } from '../terminal/palette.ts';
import { statusText } from '../terminal/status.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, printableLines, truncate } from '../terminal/text.ts';
import { jobLine } from './frame.ts';
import { baseOf } from './outline.ts';
import type { Snapshot } from './snapshot.ts';
import { readTestReport } from './test-report.ts';

/** A failed node with the end of its log. */
export interface FailedNode {
  readonly node: JobNode;
  readonly logTail: readonly string[];
}

interface SummaryOptions {
  readonly palette: Palette;
  /** Columns that a line may take. */
  readonly width: number;
  readonly failed: readonly FailedNode[];
}

/** Rows of a table that people still read; a larger job is told by what did not complete. */
const TABLE_ROWS = 40;
const CASES = 10;

/** The end of a watch: each node with its status, and what failed with its reasons. */
export function summaryLines(snapshot: Snapshot, options: SummaryOptions): readonly string[] {
  const { palette, failed } = options;
  const { job } = snapshot;
  const took = between(job.started_at, job.completed_at);
  return [
    '',
    ...nodeTable(snapshot, palette),
    '',
    ...failed.flatMap((one) => failureLines(one, options)),
    `${jobLine(job, palette)}${took === '' ? '' : `  ${took}`}`,
    ...(job.error_details && failed.length === 0 ? [printable(job.error_details.message)] : []),
  ];
}

function nodeTable({ nodes, job }: Snapshot, palette: Palette): readonly string[] {
  const isLarge = job.node_count > TABLE_ROWS;
  const notable = nodes.filter((node) => node.status !== 'completed' && node.status !== 'skipped');
  const listed = (isLarge ? notable : nodes).slice(0, TABLE_ROWS);
  const rows = listed.map((node) => [
    truncate(printable(node.node_id), 60),
    statusText(node.status, palette),
    String(node.attempts),
    between(node.started_at, node.completed_at),
    readTestReport(node.output)?.counts ?? '',
  ]);
  const { completed, failed, skipped } = job.counts;
  const rest = `${completed} completed, ${failed} failed, ${skipped} skipped`;
  return [
    ...(rows.length > 0 ? tableLines(['NODE', 'STATUS', 'ATTEMPTS', 'TIME', ''], rows) : []),
    ...(listed.length < job.node_count ? [palette.dim(`${job.node_count} nodes: ${rest}`)] : []),
  ];
}

function failureLines({ node, logTail }: FailedNode, { palette, width }: SummaryOptions) {
  const { error } = node;
  const report = readTestReport(node.output);
  const more = (report?.failedCases.length ?? 0) - CASES;
  return [
    `${statusText(node.status, palette)}  ${palette.bold(printable(node.node_id))}`,
    ...(error ? [`  ${printable(error.message)} (${printable(error.type)})`] : []),
    ...(report?.failedCases ?? [])
      .slice(0, CASES)
      .map(({ name, message }) => truncate(printable(`  ✗ ${name}: ${message}`), width)),
    ...(more > 0 ? [`  … and ${more} more failed cases`] : []),
    ...logTail.map((line) => palette.dim(truncate(`  │ ${line}`, width))),
    '',
  ];
}

/** The nodes whose failure explains the job's: not those that only waited for them. */
export function causesOf(nodes: readonly JobNode[]): readonly JobNode[] {
  const failed = nodes.filter(({ status }) => status === 'failed' || status === 'timeout');
  const groups = new Set(failed.map(({ node_id }) => baseOf(node_id)));
  const causes = failed.filter(
    ({ error, type }) =>
      error?.type !== 'upstream_failed' &&
      !(type === 'parallel_group' || type === 'sequential_group'),
  );
  return causes.length > 0 || groups.size === 0 ? causes : failed;
}

/** The last lines of a log, each printable. */
export function tailOf(texts: readonly string[], lines: number): readonly string[] {
  return texts.flatMap((text) => printableLines(text.replace(/\r?\n$/, ''))).slice(-lines);
}
