/** What changes of a job have in common: the state they ask for, its version, who asks. */
import {
  type Job,
  OrchestrationError,
  RUN_TRANSITIONS,
  type RunStatus,
  type Scope,
} from '@tenuto/contract';
import type { Access, AuditEntry, RunRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';

/** A change that the job's status does not allow; the answer names the status. */
export class JobStateError extends OrchestrationError {
  readonly jobStatus: RunStatus;

  constructor({ runId, status }: Pick<RunRecord, 'runId' | 'status'>, detail: string) {
    super('invalid_job_state', detail, { runId });
    this.jobStatus = status;
  }
}

/** @param deed as it stands behind "cannot be" */
export function wrongState(
  run: Pick<RunRecord, 'runId' | 'status'>,
  deed: string,
): OrchestrationError {
  return new JobStateError(run, `The job is ${run.status} and cannot be ${deed}.`);
}

export function mayBecome(from: RunStatus, to: RunStatus): boolean {
  return RUN_TRANSITIONS[from].includes(to);
}

/** The entity tag of what has versions: the version of what can be changed in it. */
export function etagOf({ version }: Pick<Job, 'version'>): string {
  return `"${version}"`;
}

/** @throws OrchestrationError 412 */
export function refuseStale(of: { readonly version: number }, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.includes(etagOf(of))) throw stale(of);
}

/** The statement that makes the change asks for the version again: it may be another by then. */
export function wantedVersion(
  { version }: { readonly version: number },
  ifMatch: string | undefined,
): { version?: number } {
  return ifMatch === undefined || ifMatch.trim() === '*' ? {} : { version };
}

export function stale({ version }: { readonly version: number }): OrchestrationError {
  return new OrchestrationError('precondition_failed', `It is at version ${version} by now.`);
}

/** How a change is asked for: as one of a job, or as one of a run. */
export interface ChangeDoor {
  readonly scope: Extract<Scope, 'jobs:write' | 'runs:write'>;
  /** What the actions of its audit rows begin with. */
  readonly noun: 'job' | 'run';
}
export const JOB_DOOR: ChangeDoor = { scope: 'jobs:write', noun: 'job' };
export const RUN_DOOR: ChangeDoor = { scope: 'runs:write', noun: 'run' };

/** @throws OrchestrationError `forbidden` */
export function admit({ principal }: Caller, { scope, noun }: ChangeDoor): Access {
  return authorize(principal, scope, `${noun}s`);
}

export function auditOf(
  { principal, requestId }: Caller,
  action: string,
  subject: string,
  details: AuditEntry['details'],
): AuditEntry {
  return { actor: principal.actor, action, subject, details, requestId };
}
