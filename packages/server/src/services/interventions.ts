import {
  type AssignIntervention,
  formatTime,
  type Intervention,
  type InterventionState,
  type JsonObject,
  type List,
  OrchestrationError,
  type ResolveIntervention,
} from '@tenuto/contract';
import type { Access, InterventionRecord, InterventionResult } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { auditOf, refuseStale, stale, wantedVersion } from './job-state.ts';
import { errorView, timeView } from './job-view.ts';
import { messagePart } from './message-part.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';
import type { JobParts } from './services.ts';

export interface InterventionQuery extends Paging {
  readonly job_id?: string;
  readonly state?: readonly InterventionState[];
  readonly assignee?: string;
}

/** Newest first. */
export async function listInterventions(
  { recoveries }: JobParts,
  caller: Caller,
  query: InterventionQuery,
): Promise<List<Intervention>> {
  const access = authorize(caller.principal, 'jobs:read', 'interventions');
  const request = pageRequest(query, runKey);
  const { job_id: runId, state, assignee } = query;
  const filter = {
    ...(runId !== undefined && { runId: runId.toLowerCase() }),
    ...(state !== undefined && { states: state }),
    ...(assignee !== undefined && { assignee }),
  };
  const page = await recoveries.interventions(access, filter, request);
  return listOf(page, request, {
    codec: runKey,
    key: (record) => record.interventionId,
    item: interventionView,
  });
}

/** @throws OrchestrationError 404 */
export async function getIntervention(
  parts: JobParts,
  caller: Caller,
  id: string,
): Promise<Intervention> {
  const access = authorize(caller.principal, 'jobs:read', 'interventions');
  return interventionView(await find(parts, access, id));
}

interface Change<Body> {
  readonly id: string;
  readonly ifMatch: string | undefined;
  readonly body: Body;
}

/**
 * Names who is to decide.
 * @throws OrchestrationError 404, 409 when it is decided already, 412
 */
export async function assignIntervention(
  parts: JobParts,
  caller: Caller,
  { id, ifMatch, body: { assignee } }: Change<AssignIntervention>,
): Promise<Intervention> {
  const { access, record, version } = await toChange(parts, caller, { id, ifMatch });
  const { interventionId } = record;
  const details = { run_id: record.runId, assignee };
  const audit = auditOf(caller, 'intervention.assigned', interventionId, details);
  const result = await parts.recoveries.assign(access, {
    ...{ interventionId, assignee, ...version, audit },
  });
  return changed(parts, access, { id: interventionId, result });
}

/**
 * Decides; the job is told in the same statement, and goes on.
 * @throws OrchestrationError 400, 404, 409 when it is decided already, 412, 413
 */
export async function resolveIntervention(
  parts: JobParts,
  caller: Caller,
  { id, ifMatch, body }: Change<ResolveIntervention>,
): Promise<Intervention> {
  const { resolution, reason } = body;
  const given = 'result' in body;
  if (given && resolution !== 'skip') {
    const message = `does not go with ${resolution}, only with skip`;
    throw new OrchestrationError('validation_failed', `/result ${message}.`, {
      validationErrors: [{ path: '/result', message }],
    });
  }
  const { access, record, version } = await toChange(parts, caller, { id, ifMatch });
  const { interventionId, runId } = record;
  const why: JsonObject = reason === undefined ? {} : { reason };
  const details = { run_id: runId, resolution, ...why };
  const result = await parts.recoveries.decide(access, {
    ...{ interventionId, resolution, ...version },
    ...(given && { result: messagePart(body.result, '/result') }),
    ...(reason !== undefined && { reason }),
    audit: auditOf(caller, 'intervention.resolved', interventionId, details),
  });
  if (result === 'changed') parts.engine.poke(runId);
  return changed(parts, access, { id: interventionId, result });
}

async function toChange(
  parts: JobParts,
  { principal }: Caller,
  { id, ifMatch }: { readonly id: string; readonly ifMatch: string | undefined },
) {
  const access = authorize(principal, 'jobs:write', 'interventions');
  const record = await find(parts, access, id);
  refuseStale(record, ifMatch);
  return { access, record, version: wantedVersion(record, ifMatch) };
}

async function changed(
  parts: JobParts,
  access: Access,
  { id, result }: { readonly id: string; readonly result: InterventionResult },
): Promise<Intervention> {
  const record = await find(parts, access, id);
  if (result === 'stale') throw stale(record);
  if (result === 'closed') {
    const isOpen = record.state === 'open' || record.state === 'assigned';
    const why = isOpen ? 'about a job that is over' : record.state;
    throw new OrchestrationError('conflict', `The intervention is ${why}.`);
  }
  return interventionView(record);
}

async function find(
  { recoveries }: JobParts,
  access: Access,
  id: string,
): Promise<InterventionRecord> {
  const record = await recoveries.intervention(access, id.toLowerCase());
  if (record !== undefined) return record;
  throw new OrchestrationError('not_found', `There is no intervention ${id}.`);
}

export function interventionView(record: InterventionRecord): Intervention {
  return {
    intervention_id: record.interventionId,
    job_id: record.runId,
    session_id: record.sessionId,
    node_id: record.nodeId,
    state: record.state,
    message: record.message,
    error: errorView(record.error),
    assignee: record.assignee,
    opened_at: formatTime(record.openedAt),
    deadline_at: timeView(record.deadlineAt),
    default_resolution: record.defaultResolution,
    resolution: record.resolution,
    result: record.result,
    resolved_by: record.resolvedBy,
    resolved_at: timeView(record.resolvedAt),
    version: record.version,
  };
}
