import {
  type Effectiveness,
  formatTime,
  type List,
  OrchestrationError,
  type Recovery,
  type RecoveryAction,
  type RecoveryAudit,
  type RecoveryStatus,
  type RecoveryTrigger,
} from '@tenuto/contract';
import type { RecoveryAuditRecord, RecoveryFilter, RecoveryRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { cancelJob } from './job-change.ts';
import { timeView } from './job-view.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';
import type { JobParts } from './services.ts';

export interface RecoveryQuery extends Paging {
  readonly job_id?: string;
  readonly status?: RecoveryStatus;
  readonly action?: RecoveryAction;
  readonly trigger?: RecoveryTrigger;
}

/** Newest first. */
export async function listRecoveries(
  parts: JobParts,
  caller: Caller,
  query: RecoveryQuery,
): Promise<List<Recovery>> {
  const access = authorize(caller.principal, 'jobs:read', 'recoveries');
  const request = pageRequest(query, runKey);
  const page = await parts.recoveries.recoveries(access, filterOf(query), request);
  return listOf(page, request, {
    codec: runKey,
    key: (record) => record.sessionId,
    item: (record) => recoveryView(parts, record),
  });
}

/** @throws OrchestrationError 404 */
export async function getRecovery(
  parts: JobParts,
  caller: Caller,
  sessionId: string,
): Promise<Recovery> {
  const access = authorize(caller.principal, 'jobs:read', 'recoveries');
  return recoveryView(parts, await findRecovery(parts, access, sessionId));
}

/** Newest first. */
export async function listRecoveryAudits(
  { recoveries }: JobParts,
  caller: Caller,
  query: RecoveryQuery & { readonly session_id?: string },
): Promise<List<RecoveryAudit>> {
  const access = authorize(caller.principal, 'jobs:read', 'recoveries');
  const request = pageRequest(query, runKey);
  const { session_id: sessionId } = query;
  const filter = {
    ...filterOf(query),
    ...(sessionId !== undefined && { sessionId: sessionId.toLowerCase() }),
  };
  const page = await recoveries.audits(access, filter, request);
  return listOf(page, request, {
    codec: runKey,
    key: (record) => record.auditId,
    item: auditView,
  });
}

export async function effectivenessOf(
  { recoveries }: JobParts,
  caller: Caller,
): Promise<Effectiveness> {
  const access = authorize(caller.principal, 'jobs:read', 'recoveries');
  const actions = await recoveries.effectiveness(access);
  return {
    sessions_counted: actions.reduce((sum, { sessions }) => sum + sessions, 0),
    actions: actions.map(({ action, sessions, running, succeeded }) => ({
      ...{ action, sessions, running, succeeded },
      success_rate:
        sessions === running ? null : Math.round((succeeded / (sessions - running)) * 1e4) / 1e4,
    })),
  };
}

/**
 * Gives a recovery up, and the job with it: what it was doing is told to abort, nothing else of the
 * job starts but its cleanup.
 * @returns the recovery; `done` says whether the job is cancelled by now
 * @throws OrchestrationError 404, 409 when it has ended
 */
export async function cancelRecovery(
  parts: JobParts,
  caller: Caller,
  { sessionId, async }: { readonly sessionId: string; readonly async: boolean },
): Promise<{ readonly recovery: Recovery; readonly done: boolean }> {
  const access = authorize(caller.principal, 'jobs:write', 'recoveries');
  const record = await findRecovery(parts, access, sessionId);
  if (record.status !== 'running') {
    throw new OrchestrationError('conflict', `The recovery is ${record.status}.`);
  }
  const { done } = await cancelJob(parts, caller, {
    ...{ jobId: record.runId, mode: 'graceful', ifMatch: undefined, async },
  });
  return { recovery: recoveryView(parts, await findRecovery(parts, access, sessionId)), done };
}

async function findRecovery(
  { recoveries }: JobParts,
  access: Parameters<JobParts['recoveries']['recovery']>[0],
  sessionId: string,
): Promise<RecoveryRecord> {
  const record = await recoveries.recovery(access, sessionId.toLowerCase());
  if (record !== undefined) return record;
  throw new OrchestrationError('not_found', `There is no recovery ${sessionId}.`);
}

function filterOf({ job_id: runId, status, action, trigger }: RecoveryQuery): RecoveryFilter {
  return {
    ...(runId !== undefined && { runId: runId.toLowerCase() }),
    ...(status !== undefined && { status }),
    ...(action !== undefined && { action }),
    ...(trigger !== undefined && { trigger }),
  };
}

export function recoveryView({ engine }: JobParts, record: RecoveryRecord): Recovery {
  const undoing = engine.live(record.runId)?.undoing;
  const isUndoing = record.status === 'running' && undoing?.session === record.sessionId;
  return {
    session_id: record.sessionId,
    job_id: record.runId,
    node_id: record.nodeId,
    status: record.status,
    trigger: record.trigger,
    classification: record.classification,
    error_type: record.errorType,
    action: record.action,
    parameters: record.parameters,
    actor: record.actor,
    reason: record.reason,
    state_before: record.stateBefore,
    state_after: record.stateAfter,
    started_at: formatTime(record.startedAt),
    completed_at: timeView(record.completedAt),
    progress: isUndoing ? { done: undoing.done, left: undoing.left } : null,
  };
}

export function auditView(record: RecoveryAuditRecord): RecoveryAudit {
  return {
    audit_id: record.auditId,
    session_id: record.sessionId,
    job_id: record.runId,
    event: record.event,
    trigger: record.trigger,
    classification: record.classification,
    action: record.action,
    actor: record.actor,
    state_before: record.stateBefore,
    state_after: record.stateAfter,
    success: record.success,
    details: record.details,
    at: formatTime(record.at),
  };
}
