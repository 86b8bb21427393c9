import type { JobNode } from '@tenuto/contract';
import { between } from '../terminal/duration.ts';
import type { Palette } from '../terminal/palette.ts';
import { statusIcon, statusText } from '../terminal/status.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, printableLines, truncate } from '../terminal/text.ts';
import { jobLine } from './frame.ts';
import { took, undoText } from './node-text.ts';
import { type Outline, treeOf } from './outline.ts';
import { countsText, fitRows } from './rows.ts';
import type { Snapshot } from './snapshot.ts';
import { readTestReport } from './test-report.ts';

/** A failed node with the end of its log. */
export interface FailedNode {
  readonly node: JobNode;
  readonly logTail: readonly string[];
}

interface SummaryOptions {
  readonly palette: Palette;
  readonly outline: Outline;
  /** Columns that a line may take. */
  readonly width: number;
  readonly failed: readonly FailedNode[];
}

/** Rows of a table that people still read; a larger job is folded like the picture of a watch. */
const TABLE_ROWS = 40;
const CASES = 10;
const GROUPS: readonly JobNode['type'][] = ['parallel_group', 'sequential_group'];

/** The end of a watch: each node with its status, and what failed with its reasons. */
export function summaryLines(snapshot: Snapshot, options: SummaryOptions): readonly string[] {
  const { palette, failed } = options;
  const { job } = snapshot;
  const { error_details: error } = job;
  // Undoing a node may fail, which has completed and is not among those that have failed.
  const isTold = failed.some(
    ({ node }) => error?.node_id === undefined || node.node_id === error.node_id,
  );
  const took = between(job.started_at, job.completed_at);
  return [
    '',
    ...nodeTable(snapshot, options),
    '',
    ...failed.flatMap((one) => failureLines(one, options)),
    `${jobLine(job, palette)}${took === '' ? '' : `  ${took}`}`,
    ...(error && !isTold ? [printable(error.message)] : []),
  ];
}

function nodeTable({ nodes, job, omitted }: Snapshot, { palette, outline }: SummaryOptions) {
  const rows = fitRows(treeOf(nodes, outline), TABLE_ROWS).map((row) => [
    truncate('  '.repeat(row.depth) + printable(row.label), 60),
    row.members ? statusIcon(row.status, palette) : statusText(row.status, palette),
    row.node ? String(row.node.attempts) : '',
    row.node ? took(row.node) : '',
    row.members ? countsText(row.members) : remark(row.node),
  ]);
  const { completed, failed, skipped } = job.counts;
  const counts = `${completed} completed, ${failed} failed, ${skipped} skipped`;
  return [
    ...(rows.length > 0 ? tableLines(['NODE', 'STATUS', 'ATTEMPTS', 'TIME', ''], rows) : []),
    ...(omitted > 0 ? [palette.dim(`${job.node_count} nodes: ${counts}`)] : []),
  ];
}

function remark(node: JobNode | undefined): string {
  if (node === undefined) return '';
  return readTestReport(node.output)?.counts ?? undoText(node);
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

/** The nodes whose failure explains the job's: not their groups, nor those that waited for them. */
export function causesOf(nodes: readonly JobNode[]): readonly JobNode[] {
  const failed = nodes.filter(({ status }) => status === 'failed' || status === 'timeout');
  const causes = failed.filter(
    ({ error, type }) => error?.type !== 'upstream_failed' && !GROUPS.includes(type),
  );
  return causes.length > 0 ? causes : failed;
}

/** The last lines of a log, each printable. */
export function tailOf(texts: readonly string[], lines: number): readonly string[] {
  return texts.flatMap((text) => printableLines(text.replace(/\r?\n$/, ''))).slice(-lines);
}
