import type { JobNode } from '@tenuto/contract';
import { duration } from '../terminal/duration.ts';
import { printable } from '../terminal/text.ts';
import { readTestReport } from './test-report.ts';

/**
 * What there is to say of a node beside its name and status, on one line.
 *
 * @param now wall time in milliseconds since the epoch, where the time of a running node is wanted
 */
export function nodeDetail(node: JobNode, now?: number): string {
  return [
    ...[timeText(node, now), attemptText(node), undoText(node), waitText(node)],
    ...[testText(node), errorText(node)],
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function timeText(node: JobNode, now?: number): string {
  if (node.status !== 'running') return took(node);
  if (node.started_at === null || now === undefined) return '';
  return duration(now - Date.parse(node.started_at));
}

/** The time that a node has worked, without what lay between its attempts. */
export function took({ duration_ms: ms }: JobNode): string {
  return ms === null ? '' : duration(ms);
}

function attemptText({ attempts }: JobNode): string {
  return attempts > 1 ? `attempt ${attempts}` : '';
}

/** Whether a node that had completed is undone: a rollback that ends the run leaves it completed. */
export function undoText({ kind, status, error }: JobNode): string {
  if (kind !== 'rollback') return '';
  if (status === 'completed') return error === null ? 'undone' : '';
  return status === 'running' || status === 'waiting' ? 'being undone' : '';
}

function waitText({ waiting_for: wait }: JobNode): string {
  if (wait === null) return '';
  const until = wait.until === undefined ? '' : `until ${printable(wait.until)}`;
  if (wait.run_id !== undefined) return `for run ${printable(wait.run_id)}`;
  if (wait.circuit !== undefined) return `for circuit ${printable(wait.circuit)} ${until}`.trim();
  if (wait.signal !== undefined) return `for signal ${printable(wait.signal)} ${until}`.trim();
  return wait.intervention === undefined ? until : 'for a decision';
}

function testText({ output }: JobNode): string {
  return printable(readTestReport(output)?.counts ?? '');
}

/** Of an attempt that failed; a node that is at it again has it no more. */
function errorText({ error, status }: JobNode): string {
  return error === null || status === 'running' ? '' : printable(error.message);
}
