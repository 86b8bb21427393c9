import type { JobStore } from '@tenuto/engine';
import { findNodes, listAttempts } from './queries/attempts.ts';
import type { Database } from './queries/database.ts';
import { requestCancel } from './queries/inbox.ts';
import { editRun } from './queries/job-edit.ts';
import { listRuns } from './queries/job-list.ts';
import { findJournal, findPlanDocument, findRun, findSubmission, ping } from './queries/jobs.ts';
import { listLogs } from './queries/logs.ts';
import { listEvents } from './queries/run-events.ts';

/**
 * The store as the API sees it.
 * @param db a pool of its own: a slow request must not keep a journal waiting
 */
export function createJobStore(db: Database): JobStore {
  return {
    find: (access, runId) => findRun(db, access, runId),
    list: (access, filter, page) => listRuns(db, access, filter, page),
    submission: (owner, key) => findSubmission(db, owner, key),
    cancel: (access, request) => requestCancel(db, access, request),
    edit: (access, edit) => editRun(db, access, edit),
    planDocument: (access, runId) => findPlanDocument(db, access, runId),
    attempts: (access, of, page) => listAttempts(db, access, of, page),
    nodes: (access, of) => findNodes(db, access, of),
    logs: (access, of, page) => listLogs(db, access, of, page),
    events: (access, runId, types) => listEvents(db, access, runId, types),
    journal: (access, runId) => findJournal(db, access, runId),
    ping: () => ping(db),
  };
}
