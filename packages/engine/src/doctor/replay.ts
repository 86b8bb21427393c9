/** Compares what a run's row says with what comes of applying its journal again. */
import type { RunStatus } from '@tenuto/contract';
import type { Plan } from '../plan/index.ts';
import type { ExaminedRun } from '../ports/doctor-store.ts';
import { DEFAULT_RETRY_POLICY } from '../retry/index.ts';
import {
  type AttemptEnded,
  attemptsInRound,
  countsOf,
  type JournalEntry,
  type RunState,
  restoreRun,
  retriesOf,
  roundOf,
  specOf,
  statusOf,
} from '../run/index.ts';
import type { ReplayCheck } from './replay-checks.ts';

export interface ReplayFinding {
  readonly check: ReplayCheck;
  readonly detail: string;
}

/**
 * Judges a run by its journal. Of a live run the row may be behind its journal, so only what the
 * journal itself says counts, and the statuses that are written with what causes them.
 */
export function judgeRun(plan: Plan, row: ExaminedRun): readonly ReplayFinding[] {
  const { entries, startedAt } = row.journal;
  if (startedAt === undefined) {
    const detail = `${entries.length} lines of a journal, and the run has not begun`;
    return entries.length === 0 ? [] : [{ check: 'replay_refused', detail }];
  }
  const findings: ReplayFinding[] = [];
  const watch = createWatch(findings, row.takenOver ?? 0);
  try {
    const { run } = restoreRun(plan, row.journal, watch);
    return [...findings, ...rowFindings(row, run)];
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [...findings, { check: 'replay_refused', detail }];
  }
}

/**
 * Looks at each line of a journal before it is applied. What a fork has taken over keeps the numbers
 * that it had: the attempts before it are the original's alone.
 */
function createWatch(findings: ReplayFinding[], takenOver: number) {
  let taken = 0;
  const last = new Map<number, number>();
  let stopped = false;
  return (run: RunState, { event }: JournalEntry): void => {
    if (event.type === 'stop' || event.type === 'recover') stopped = event.type === 'stop';
    if (event.type !== 'ended' && event.type !== 'waiting') return;
    if (event.node < 0 || event.node >= run.size) return;
    const late = stopped ? lateWork(run, event) : undefined;
    if (late !== undefined) findings.push(late);
    if (event.type === 'waiting') return;
    const { node, attempt } = event;
    const expected = (last.get(node) ?? 0) + 1;
    last.set(node, attempt);
    taken += 1;
    if (taken <= takenOver) return;
    if (attempt !== expected) {
      const detail = `node ${node} has attempt ${attempt} where ${expected} comes next`;
      findings.push({ check: 'attempt_numbers', detail });
    }
    const excess = tooMany(run, event);
    if (excess !== undefined) findings.push(excess);
  };
}

/** Work that is reported of a run that has been stopped, and was not going on at the stop. */
function lateWork(
  run: RunState,
  { node, attempt }: Pick<AttemptEnded, 'node' | 'attempt'>,
): ReplayFinding | undefined {
  if (specOf(run, node).type === 'cleanup' || statusOf(run, node) === 'running') return undefined;
  const detail = `attempt ${attempt} of node ${node} is reported after the stop`;
  return { check: 'work_after_stop', detail };
}

function tooMany(run: RunState, { node, attempt }: AttemptEnded): ReplayFinding | undefined {
  const made = attemptsInRound(run, node, attempt);
  const written = specOf(run, node).retry.max_attempts;
  // Undoing, and a fallback that was cut off, is tried again even where the work is not.
  const { kind } = roundOf(run, node);
  const once = written === 1 && (kind === 'rollback' || kind === 'fallback');
  const most = once ? DEFAULT_RETRY_POLICY.max_attempts : written;
  if (made <= most) return undefined;
  const detail = `node ${node} has had ${made} attempts of ${most}`;
  return { check: 'attempts_exceeded', detail };
}

function rowFindings(row: ExaminedRun, run: RunState): readonly ReplayFinding[] {
  if (!row.over) return liveFindings(row, run);
  if (run.phase !== 'over') {
    return [{ check: 'replay_status', detail: `${row.status}, and ${run.open} nodes are open` }];
  }
  if (!agrees(row.status, run.status)) {
    return [{ check: 'replay_status', detail: `${row.status}, and replay ends ${run.status}` }];
  }
  return countFindings(row, run);
}

/** Statuses that a live run has while it comes to its end. */
const ENDING: readonly RunStatus[] = ['failed', 'cancelled', 'timeout', 'aborted'];

/** The row is written after the line that ends the run; it may be behind, but not ahead. */
function liveFindings(row: ExaminedRun, run: RunState): readonly ReplayFinding[] {
  if (!ENDING.includes(row.status) || ENDING.includes(run.status)) return [];
  return [{ check: 'replay_status', detail: `${row.status}, and its journal says ${run.status}` }];
}

/** A run that failed or ran out of time may have been given up for good since. */
function agrees(row: RunStatus, replayed: RunStatus): boolean {
  return (
    row === replayed || (row === 'aborted' && (replayed === 'failed' || replayed === 'timeout'))
  );
}

function countFindings({ progress }: ExaminedRun, run: RunState): readonly ReplayFinding[] {
  const replayed = { ...countsOf(run), retries: retriesOf(run) };
  const { counts, retries } = progress ?? {};
  const written: Readonly<Record<string, number | undefined>> = { ...counts, retries };
  const different = Object.entries(replayed).filter(([name, count]) => written[name] !== count);
  if (different.length === 0) return [];
  const detail = different.map(
    ([name, count]) => `${name} is ${written[name] ?? 'not written'}, replay has ${count}`,
  );
  return [{ check: 'replay_counts', detail: detail.join('; ') }];
}
