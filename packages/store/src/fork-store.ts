import type { ForkStore } from '@tenuto/engine';
import { listSealedRows } from './queries/audit-sealed.ts';
import type { Database } from './queries/database.ts';
import { listLogTails } from './queries/log-tails.ts';
import {
  listArtifacts,
  listDigests,
  listRunTests,
  listSpend,
  readArtifactBytes,
} from './queries/run-digests.ts';
import { insertFork, nextRun } from './queries/run-fork.ts';

/**
 * Forks of runs, and what is asked about runs side by side.
 * @param db the pool of the API
 */
export function createForkStore(db: Database): ForkStore {
  return {
    nextRun: () => nextRun(db),
    insert: (fork) => insertFork(db, fork),
    digests: (access, runId) => listDigests(db, access, runId),
    artifacts: (access, runId, limit) => listArtifacts(db, access, { runId, limit }),
    spend: (access, runId) => listSpend(db, access, runId),
    tests: (access, runId, limit) => listRunTests(db, access, { runId, limit }),
    logTails: (access, of) => listLogTails(db, access, of),
    sealedRows: (access, of) => listSealedRows(db, access, of),
    bytes: (access, of) => readArtifactBytes(db, access, of),
  };
}
