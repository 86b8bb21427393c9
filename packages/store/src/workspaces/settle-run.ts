/** Finding out which attempts of a run were undone, and putting its files right after that. */
import { compileStoredPlan, undoneAttempts } from '@tenuto/engine';
import type { Database } from '../queries/database.ts';
import { findJournal, findPlanDocument } from '../queries/jobs.ts';
import type { ManifestHead } from '../queries/manifest.ts';
import { settleManifest } from '../queries/manifest-settle.ts';
import { transaction } from '../queries/transaction.ts';

const ALL = { owner: '', all: true } as const;

/** @returns whether the files may have changed; they do not while the run is still going back */
export async function settleRun(
  db: Database,
  runId: string,
  { recoveredSeq: seq }: Pick<ManifestHead, 'recoveredSeq'>,
): Promise<boolean> {
  const [document, journal] = await Promise.all([
    findPlanDocument(db, ALL, runId),
    findJournal(db, ALL, runId),
  ]);
  if (document === undefined || journal === undefined) return false;
  const undone = undoneAttempts(compileStoredPlan(document), journal);
  if (undone.undoing) return false;
  const settlement = { seq, generation: undone.generation, upTo: undone.upTo };
  await transaction(db, (session) => settleManifest(session, runId, settlement));
  return true;
}
