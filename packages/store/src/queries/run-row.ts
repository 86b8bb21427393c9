import { type Json, type JsonObject, type RunStatus, timeOfId } from '@tenuto/contract';
import type { Access, RunProgress, RunRecord } from '@tenuto/engine';
import type { Parameters } from './database.ts';
import { RUN_KINDS_BY_CODE } from './run-columns.ts';

/** Columns that `run_live` and `runs` share. */
const SHARED = `r.run_id, encode(r.plan_hash, 'hex') as plan_hash, r.kind, r.task_id, r.owner, r.name, r.job_type,
  r.description, r.priority, r.triggered_by, r.tags, r.metadata, r.input,
  r.scheduled_at, r.started_at, r.status::text as status, r.progress, r.version,
  (select p.node_count from plans p where p.hash = r.plan_hash) as node_count`;

export const LIVE_COLUMNS = `${SHARED}, null::timestamptz as completed_at, false as over,
  exists (select from run_inbox i where i.run_id = r.run_id and i.type = 'cancel') as cancelling`;
export const OVER_COLUMNS = `${SHARED}, r.completed_at, true as over, false as cancelling`;

export interface RunRow {
  readonly run_id: string;
  readonly plan_hash: string;
  readonly kind: number;
  readonly task_id: string | null;
  readonly owner: string;
  readonly name: string;
  readonly job_type: string;
  readonly description: string | null;
  readonly priority: number;
  readonly triggered_by: string;
  readonly tags: string[] | null;
  readonly metadata: JsonObject | null;
  readonly input: string;
  readonly scheduled_at: Date | null;
  readonly started_at: Date | null;
  readonly completed_at: Date | null;
  readonly status: RunStatus;
  readonly progress: string | null;
  readonly version: number;
  readonly node_count: number | null;
  readonly over: boolean;
  readonly cancelling: boolean;
}

export function recordOf(row: RunRow): RunRecord {
  return {
    runId: row.run_id,
    planHash: row.plan_hash,
    kind: RUN_KINDS_BY_CODE[row.kind] ?? 'job',
    taskId: row.task_id,
    owner: row.owner,
    name: row.name,
    jobType: row.job_type,
    description: row.description,
    priority: row.priority,
    triggeredBy: row.triggered_by,
    tags: row.tags ?? [],
    metadata: row.metadata ?? {},
    input: JSON.parse(row.input),
    nodeCount: row.node_count ?? 0,
    createdAt: timeOfId(row.run_id),
    scheduledAt: row.scheduled_at?.getTime() ?? null,
    startedAt: row.started_at?.getTime() ?? null,
    completedAt: row.completed_at?.getTime() ?? null,
    status: row.status,
    progress: objectOf(row.progress) as RunProgress | null,
    cancelling: row.cancelling,
    version: row.version,
    over: row.over,
  };
}

/** JSON text that an engine wrote; null when there is none. */
export function jsonOf(text: string | null): Json {
  return text === null ? null : JSON.parse(text);
}

export function objectOf(text: string | null): JsonObject | null {
  const value = jsonOf(text);
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as JsonObject)
    : null;
}

/** The condition that keeps a statement to what its caller may reach. */
export function reachable(access: Access, parameters: Parameters, alias = 'r'): string {
  return access.all ? 'true' : `${alias}.owner = ${parameters.add(access.owner)}`;
}

/** The same for rows that belong to a run and do not say themselves whose they are. */
export function owned(access: Access, parameters: Parameters, alias: string): string {
  if (access.all) return 'true';
  const owner = parameters.add(access.owner);
  const match = (table: string) =>
    `exists (select from ${table} o where o.run_id = ${alias}.run_id and o.owner = ${owner})`;
  return `(${match('run_live')} or ${match('runs')})`;
}
