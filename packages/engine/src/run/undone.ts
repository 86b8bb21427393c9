/**
 * Which attempts do not count any more: what they left is not there for those who run again. An
 * attempt is undone when its run goes back behind it, to a checkpoint or by hand; one that failed and
 * is made again is not: what it left is where the next one goes on.
 */
import type { Plan } from '../plan/index.ts';
import type { JournalEntry, RunJournal } from './journal-entry.ts';
import { restoreRun } from './restore.ts';
import { roundOf } from './round.ts';
import { attemptOf, FLAG, hasFlag, type RunState, statusOf } from './state.ts';

export interface UndoneAttempts {
  /** How often the run has gone back. */
  readonly generation: number;
  /** The last attempt of each node that is undone, those before it with it. */
  readonly upTo: ReadonlyMap<number, number>;
  /** Whether the run is going back just now: what is undone by that is not known yet. */
  readonly undoing: boolean;
}

/** @throws InvalidJobStateError when the journal is not that of such a run */
export function undoneAttempts(plan: Plan, journal: RunJournal): UndoneAttempts {
  const upTo = new Map<number, number>();
  let generation = 0;
  let seen: Seen | undefined;
  const compare = (run: RunState) => {
    if (seen === undefined || !wentBack(run, seen)) return;
    const undone = undoneSince(run, seen);
    for (const [node, attempt] of undone) upTo.set(node, attempt);
    if (undone.length > 0 || !seen.keepsFailed) generation += 1;
  };
  const { run } = restoreRun(plan, journal, (before, entry) => {
    compare(before);
    seen = mayGoBack(before, entry) ? look(before, entry) : undefined;
  });
  compare(run);
  return { generation, upTo, undoing: run.undo !== undefined };
}

/** The run as it was before something that may have taken it back. */
interface Seen {
  readonly size: number;
  readonly generations: readonly number[];
  readonly completed: readonly boolean[];
  readonly dormant: readonly boolean[];
  /** What failed goes on from what it has left. */
  readonly keepsFailed: boolean;
  readonly rolledBack: boolean;
}

function mayGoBack(run: RunState, { event }: JournalEntry): boolean {
  return run.undo !== undefined || event.type === 'recover';
}

function look(run: RunState, { event }: JournalEntry): Seen {
  const nodes = Array.from({ length: run.size }, (_, node) => node);
  const rolledBack =
    run.undo !== undefined || (event.type === 'recover' && event.step.action === 'rollback_state');
  return {
    size: run.size,
    generations: nodes.map((node) => roundOf(run, node).generation),
    completed: nodes.map((node) => statusOf(run, node) === 'completed'),
    dormant: nodes.map((node) => hasFlag(run, node, FLAG.dormant)),
    keepsFailed: !rolledBack && event.type === 'recover' && (event.from ?? 'failed') === 'failed',
    rolledBack,
  };
}

/** An undoing that has ended with the run going on; anything else shows in the generations. */
function wentBack(run: RunState, { rolledBack }: Seen): boolean {
  return rolledBack ? run.undo === undefined && run.phase === 'work' : true;
}

function undoneSince(run: RunState, seen: Seen): [node: number, attempt: number][] {
  const undone: [number, number][] = [];
  for (let node = 0; node < seen.size; node += 1) {
    const renewed = roundOf(run, node).generation > (seen.generations[node] ?? 0);
    const givenUp = hasFlag(run, node, FLAG.dormant) && seen.dormant[node] !== true;
    if (!renewed && !givenUp) continue;
    if (seen.keepsFailed && seen.completed[node] !== true) continue;
    const attempt = attemptOf(run, node);
    if (attempt > 0) undone.push([node, attempt]);
  }
  return undone;
}
