import type { JobStore } from '@tenuto/engine';
import { listAttemptTimes, listStarted } from './queries/attempt-times.ts';
import { findNodes, listAttempts } from './queries/attempts.ts';
import { requestCancel } from './queries/cancel.ts';
import type { Database } from './queries/database.ts';
import { holdRun } from './queries/hold.ts';
import { isHeard, tellRun } from './queries/inbox.ts';
import { editRun } from './queries/job-edit.ts';
import { listRuns, matchRuns } from './queries/job-list.ts';
import { findJournal, findPlanDocument, findRun, findSubmission, ping } from './queries/jobs.ts';
import { listLogs } from './queries/logs.ts';
import { reopenRun } from './queries/reopen.ts';
import { listEvents } from './queries/run-events.ts';
import { findStanding } from './queries/standing.ts';

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
    tell: (access, message) => tellRun(db, access, message),
    heard: (access, runId) => isHeard(db, access, runId),
    reopen: (access, reopening) => reopenRun(db, access, reopening),
    hold: (access, hold) => holdRun(db, access, hold),
    matching: (access, filter, page) => matchRuns(db, access, filter, page),
    standing: (access, runId) => findStanding(db, access, runId),
    planDocument: (access, runId) => findPlanDocument(db, access, runId),
    attempts: (access, of, page) => listAttempts(db, access, of, page),
    attemptTimes: (access, of) => listAttemptTimes(db, access, of),
    started: (access, runId) => listStarted(db, access, runId),
    nodes: (access, of) => findNodes(db, access, of),
    logs: (access, of, page) => listLogs(db, access, of, page),
    events: (access, runId, types) => listEvents(db, access, runId, types),
    journal: (access, runId) => findJournal(db, access, runId),
    ping: () => ping(db),
  };
}
