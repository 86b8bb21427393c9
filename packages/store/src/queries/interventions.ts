import type { InterventionState, Json, JsonObject, Resolution } from '@tenuto/contract';
import type {
  Access,
  Assignment,
  InterventionFilter,
  InterventionRecord,
  InterventionResult,
  Page,
  PageRequest,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';

const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
export const INTERVENTION_COLUMNS = `i.intervention_id, i.run_id, i.owner, i.session_id, i.node, i.node_id, i.message,
  i.error, i.state, i.assignee, ${MS('i.opened_at')} as opened_at,
  ${MS('i.deadline_at')} as deadline_at, i.default_resolution, i.resolution, i.result,
  i.resolved_by, ${MS('i.resolved_at')} as resolved_at, i.version`;

export interface InterventionRow {
  readonly intervention_id: string;
  readonly run_id: string;
  readonly owner: string;
  readonly session_id: string;
  readonly node: number | null;
  readonly node_id: string | null;
  readonly message: string;
  readonly error: JsonObject | null;
  readonly state: InterventionState;
  readonly assignee: string | null;
  readonly opened_at: number;
  readonly deadline_at: number | null;
  readonly default_resolution: Resolution;
  readonly resolution: Resolution | null;
  readonly result: Json;
  readonly resolved_by: string | null;
  readonly resolved_at: number | null;
  readonly version: number;
}

export async function findIntervention(
  db: Database,
  access: Access,
  id: string,
): Promise<InterventionRecord | undefined> {
  const given = parameters();
  const [row] = await ask<InterventionRow>(
    db,
    `select ${INTERVENTION_COLUMNS} from interventions i
     where i.intervention_id = ${given.add(id)} and ${reachable(access, given, 'i')}`,
    given.values,
  );
  return row && interventionOf(row);
}

/** Newest first: the order of their ids, which begin with the time. */
export function listInterventions(
  db: Database,
  access: Access,
  filter: InterventionFilter,
  page: PageRequest<string>,
): Promise<Page<InterventionRecord>> {
  const given = parameters();
  const where = [reachable(access, given, 'i')];
  if (filter.runId !== undefined) where.push(`i.run_id = ${given.add(filter.runId)}`);
  if (filter.states !== undefined) where.push(`i.state = any(${given.add(filter.states)}::text[])`);
  if (filter.assignee !== undefined) where.push(`i.assignee = ${given.add(filter.assignee)}`);
  return pageOf(db, {
    ...{
      columns: INTERVENTION_COLUMNS,
      from: 'interventions i',
      where,
      key: ['i.intervention_id'],
    },
    after: page.after === undefined ? undefined : [page.after],
    ...{ page, given, newestFirst: true, item: interventionOf },
  });
}

export function interventionOf(row: InterventionRow): InterventionRecord {
  return {
    interventionId: row.intervention_id,
    runId: row.run_id,
    owner: row.owner,
    sessionId: row.session_id,
    node: row.node,
    nodeId: row.node_id,
    message: row.message,
    error: row.error,
    state: row.state,
    assignee: row.assignee,
    openedAt: row.opened_at,
    deadlineAt: row.deadline_at,
    defaultResolution: row.default_resolution,
    resolution: row.resolution,
    result: row.result,
    resolvedBy: row.resolved_by,
    resolvedAt: row.resolved_at,
    version: row.version,
  };
}

/** Names who is to decide; nobody when the assignee is null. */
export async function assignIntervention(
  db: Database,
  access: Access,
  { interventionId, assignee, version, audit }: Assignment,
): Promise<InterventionResult> {
  const given = parameters();
  const id = given.add(interventionId);
  const whom = `${given.add(assignee)}::text`;
  const fresh = version === undefined ? 'true' : `p.version = ${given.add(version)}`;
  const [row] = await ask<Verdict>(
    db,
    `with present as (${lockPart(id, access, given)}),
     changed as (
       update interventions i set assignee = ${whom}, version = i.version + 1,
         state = case when ${whom} is null then 'open' else 'assigned' end
       from present p where i.intervention_id = ${id} and ${OPEN('p')} and ${fresh}
       returning 1),
     audited as (${auditPart(audit, 'changed', given)})
     ${verdictOf(fresh)}`,
    given.values,
  );
  return resultOf(row);
}

export const OPEN = (alias: string) => `${alias}.state in ('open', 'assigned')`;

/**
 * The part that locks an intervention and reads it as it is by then.
 * @param behind a part whose rows are locked before
 */
export function lockPart(id: string, access: Access, given: Parameters, behind?: string): string {
  const order = behind === undefined ? '' : ` and (select count(*) from ${behind}) >= 0`;
  return `select i.state, i.version from interventions i
    where i.intervention_id = ${id} and ${reachable(access, given, 'i')}${order} for update`;
}

export interface Verdict {
  readonly changed: boolean;
  readonly fresh: boolean;
}

/** What a statement with the parts `present` and `changed` answers. */
export function verdictOf(fresh: string): string {
  return `select exists (select from changed) as changed, ${fresh} as fresh from present p`;
}

export function resultOf(row: Verdict | undefined): InterventionResult {
  if (row === undefined) return 'missing';
  if (row.changed) return 'changed';
  return row.fresh ? 'closed' : 'stale';
}
