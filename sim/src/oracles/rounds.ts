/** Rounds of a node, as its attempts' rows tell them: what each was for, and how it ended. */
import { type AttemptRow, DEFAULT_RETRY_POLICY } from '@tenuto/engine';
import { type History, planOf, violated } from './history.ts';

/** The attempts of a node, by number. */
export function attemptsOf({ tables }: History, runId: string, node: number): AttemptRow[] {
  const rows = [...(tables.rows.get(runId)?.attempts.values() ?? [])];
  return rows.filter((row) => row.node === node).sort((a, b) => a.attempt - b.attempt);
}

/** No other attempt follows from it by itself. */
export function isLast({ retryAt, recovery }: AttemptRow): boolean {
  return retryAt === undefined && recovery === undefined;
}

/** The node was ended without its work. */
export function isSkip({ recovery }: AttemptRow): boolean {
  return recovery !== undefined && JSON.parse(recovery).action === 'skip_node';
}

/** Judges a node's attempts, as many as there are. */
export function checkRounds(history: History, runId: string, node: number): void {
  const rows = attemptsOf(history, runId, node);
  const fail = (rule: string, why: string) =>
    violated(history, rule, `node ${node} of ${runId}: ${why}`);
  const numbers = new Set([...rows.map((row) => row.attempt), ...waitsOf(history, runId, node)]);
  if (Math.max(...numbers) !== numbers.size) {
    fail('attempts are counted', `${rows.map((row) => row.attempt)}`);
  }
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1];
    if (before !== undefined && row.generation < before.generation) {
      fail('generations rise', `${row.generation} after ${before.generation}`);
    }
    const earlier = rows.slice(0, i).filter((one) => isSameKind(one, row));
    if (row.kind !== 'probe' && earlier.some((one) => one.status === 'completed')) {
      fail('work is completed once', `${row.kind} ${row.generation} again, attempt ${row.attempt}`);
    }
    const final = earlier.find(isLast);
    if (final !== undefined && row.kind === 'work') {
      fail('an end is final', `attempt ${row.attempt} comes after ${final.attempt}`);
    }
    checkCount(history, { runId, rows: rows.slice(0, i + 1), row, fail });
  }
}

function isSameKind(one: AttemptRow, other: AttemptRow): boolean {
  return one.kind === other.kind && one.generation === other.generation;
}

/** Attempts that went on to wait: one that is given up then has no row of its own. */
function waitsOf({ tables }: History, runId: string, node: number): number[] {
  const events = [...(tables.rows.get(runId)?.events.values() ?? [])];
  return events.flatMap(({ type, body }) =>
    type === 'waiting' && body.node === node ? [Number(body.attempt)] : [],
  );
}

interface Counted {
  readonly runId: string;
  readonly rows: readonly AttemptRow[];
  readonly row: AttemptRow;
  readonly fail: (rule: string, why: string) => void;
}

/** Attempts in a row for one purpose, since the last that nothing followed by itself. */
function checkCount(history: History, { runId, rows, row, fail }: Counted): void {
  const earlier = rows.slice(0, -1);
  const begun = earlier.findLastIndex((one) => !isSameKind(one, row) || one.retryAt === undefined);
  const most = mostOf(history, runId, row);
  const count = rows.length - 1 - begun;
  if (count > most) fail('attempts are limited', `${count} of ${most}`);
}

function mostOf(history: History, runId: string, { node, kind }: AttemptRow): number {
  const plan = planOf(history, runId);
  const most = plan?.specs[node]?.retry.max_attempts ?? Number.POSITIVE_INFINITY;
  const again = kind === 'rollback' || kind === 'fallback';
  return again && most === 1 ? DEFAULT_RETRY_POLICY.max_attempts : most;
}
