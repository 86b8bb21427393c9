import type { Plan } from '../plan/index.ts';
import { apply, resumeAttempt } from './apply.ts';
import type { JournalEntry, RunJournal } from './journal-entry.ts';
import { attemptOf, createRun, type RunState, specOf, statusOf } from './state.ts';

export interface RestoredRun {
  readonly run: RunState;
  /** Number of the last journal entry. */
  readonly seq: number;
}

/**
 * Rebuilds a run by applying its journal in order. Attempts that were started and have not ended
 * are marked as running; whether they still are is for the caller to know.
 *
 * @param before sees each entry and the run as it is before the entry
 * @throws InvalidJobStateError when the journal is not that of such a run
 */
export function restoreRun(
  plan: Plan,
  journal: RunJournal,
  before?: (run: RunState, entry: JournalEntry) => void,
): RestoredRun {
  const run = createRun({
    id: journal.runId,
    plan,
    input: journal.input,
    facts: journal.facts,
  });
  if (journal.startedAt === undefined) return { run, seq: 0 };
  apply(run, { type: 'begin', at: journal.startedAt });
  let seq = 0;
  for (const entry of journal.entries) {
    before?.(run, entry);
    apply(run, entry.event);
    seq = entry.seq;
  }
  for (const { node, attempt } of journal.started) {
    if (node < run.size && attempt > attemptOf(run, node)) resumeAttempt(run, node, attempt);
  }
  keepReady(run);
  return { run, seq };
}

/** A journal tells of no starts: what was ready once is still in the queue. */
function keepReady(run: RunState): void {
  const ready = new Set<number>();
  for (let node = run.ready.pop(); node >= 0; node = run.ready.pop()) {
    if (statusOf(run, node) === 'ready') ready.add(node);
  }
  for (const node of ready) run.ready.push(node, specOf(run, node).priority);
}
