import type { JsonObject, RunStatus } from '@tenuto/contract';
import { runIdOf } from '@tenuto/engine';
import { rowsOf, type Tables } from './tables.ts';

/** Number of the last line that a run's journal has. */
export function lastSeqOf(tables: Tables, runId: string): number {
  const { attempts, events } = rowsOf(tables, runId);
  const seqs = [...attempts.values(), ...events.values()].map((row) => row.seq);
  return Math.max(0, ...seqs);
}

/** A change of status of a run that nobody owns, as the next line of its journal. */
export function noteTransition(
  tables: Tables,
  runId: string,
  { at, ...body }: { readonly from: RunStatus; readonly to: RunStatus; readonly at: number },
): void {
  const seq = lastSeqOf(tables, runId) + 1;
  const row: JsonObject = { ...body };
  rowsOf(tables, runId).events.set(seq, {
    ...{ runId: runIdOf(runId), seq, at, type: 'transition', body: row },
  });
}
