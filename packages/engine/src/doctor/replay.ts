/** Compares what a run's row says with what comes of applying its journal again. */
import { InvalidJobStateError, type RunStatus } from '@tenuto/contract';
import type { Plan } from '../plan/index.ts';
import type { ExaminedRun } from '../ports/doctor-store.ts';
import {
  countsOf,
  type JournalEntry,
  type RunState,
  restoreRun,
  retriesOf,
  specOf,
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
export function judgeRun(plan: Plan, run: ExaminedRun): readonly ReplayFinding[] {
  const { entries, startedAt } = run.journal;
  if (startedAt === undefined) {
    const detail = `${entries.length} lines of a journal, and the run has not begun`;
    return entries.length === 0 ? [] : [{ check: 'replay_refused', detail }];
  }
  const restored = restore(plan, run);
  const state = 'run' in restored ? restored.run : undefined;
  return [
    ...numberFindings(entries),
    ...workFindings(plan, entries, state),
    ...attemptFindings(plan, entries, state),
    ...('refused' in restored ? [refusal(restored.refused)] : rowFindings(run, restored.run)),
  ];
}

function restore(
  plan: Plan,
  { journal }: ExaminedRun,
): { readonly run: RunState } | { readonly refused: string } {
  try {
    return { run: restoreRun(plan, journal).run };
  } catch (error) {
    if (error instanceof InvalidJobStateError) return { refused: error.message };
    return { refused: String(error) };
  }
}

const refusal = (detail: string): ReplayFinding => ({ check: 'replay_refused', detail });

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

/** Statuses that a live run gets by a journal line; the row is written after that line. */
const STOPPED: readonly RunStatus[] = ['cancelled', 'timeout'];

function liveFindings(row: ExaminedRun, run: RunState): readonly ReplayFinding[] {
  if (!STOPPED.includes(row.status) || row.status === run.status) return [];
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

function numberFindings(entries: readonly JournalEntry[]): readonly ReplayFinding[] {
  const last = new Map<number, number>();
  const findings: ReplayFinding[] = [];
  for (const { event } of entries) {
    if (event.type !== 'ended') continue;
    const { node, attempt } = event;
    const expected = (last.get(node) ?? 0) + 1;
    last.set(node, attempt);
    if (attempt === expected) continue;
    const detail = `node ${node} has attempt ${attempt} where ${expected} comes next`;
    findings.push({ check: 'attempt_numbers', detail });
  }
  return findings;
}

/** Work that was not going on at the first stop, and was reported on after it. */
function workFindings(
  plan: Plan,
  entries: readonly JournalEntry[],
  run: RunState | undefined,
): readonly ReplayFinding[] {
  const findings: ReplayFinding[] = [];
  let going: Set<string> | undefined;
  for (const { event } of entries) {
    if (event.type === 'stop') {
      going ??= new Set(event.running.map(({ node, attempt }) => `${node} ${attempt}`));
    } else if (going !== undefined) {
      const { node, attempt } = event;
      const cleanup = nodeSpec(plan, run, node)?.type === 'cleanup';
      if (cleanup || going.has(`${node} ${attempt}`)) continue;
      const detail = `attempt ${attempt} of node ${node} is reported after the stop`;
      findings.push({ check: 'work_after_stop', detail });
    }
  }
  return findings;
}

function attemptFindings(
  plan: Plan,
  entries: readonly JournalEntry[],
  run: RunState | undefined,
): readonly ReplayFinding[] {
  const counted = new Map<number, number>();
  for (const { event } of entries) {
    if (event.type === 'ended') counted.set(event.node, (counted.get(event.node) ?? 0) + 1);
  }
  const findings: ReplayFinding[] = [];
  for (const [node, count] of counted) {
    const most = nodeSpec(plan, run, node)?.retry.max_attempts;
    if (most === undefined || count <= most) continue;
    const detail = `node ${node} has had ${count} attempts of ${most}`;
    findings.push({ check: 'attempts_exceeded', detail });
  }
  return findings;
}

/** What a node is to do; instances are known only to a run that could be restored. */
function nodeSpec(plan: Plan, run: RunState | undefined, node: number) {
  if (node < plan.nodeCount) return plan.specs[node];
  return run !== undefined && node < run.size ? specOf(run, node) : undefined;
}
