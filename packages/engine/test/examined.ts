/** Runs as an examination comes by them. */
import type { ExaminedRun } from '../src/ports/doctor-store.ts';
import type { RunJournal } from '../src/run/journal-entry.ts';
import type { RunState } from '../src/run/state.ts';
import { countsOf, retriesOf } from '../src/run/view.ts';

/** A run that is over, with the row that its engine would have written. */
export function examinedOver(
  { run, journal }: { readonly run: RunState; journal(): RunJournal },
  over: Partial<ExaminedRun> = {},
): ExaminedRun {
  return {
    planHash: run.plan.hash,
    status: run.status,
    over: true,
    progress: { counts: countsOf(run), retries: retriesOf(run) },
    journal: journal(),
    ...over,
  };
}

/** The same of a run that is not over; its progress has not been written yet. */
export function examinedLive(
  of: { readonly run: RunState; journal(): RunJournal },
  over: Partial<ExaminedRun> = {},
): ExaminedRun {
  return examinedOver(of, { over: false, progress: null, status: 'running', ...over });
}
