import type {
  Classification,
  JsonObject,
  RecoveryAction,
  RecoveryStatus,
  RecoveryTrigger,
} from '@tenuto/contract';
import type {
  Access,
  ActionEffectiveness,
  Page,
  PageRequest,
  RecoveryAuditRecord,
  RecoveryFilter,
  RecoveryRecord,
} from '@tenuto/engine';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';

/**
 * What an action, a trigger or a status picks is looked for among this many of the newest, and so
 * many tell how well actions work: history is not walked through for a question.
 */
const NEWEST = 10_000;

const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

/** Beside a session `s` the audit row of its end; without one it is still running. */
const ENDS = `left join lateral (
  select a.event, a.state_after, a.success, a.at from recovery_audits a
  where a.session_id = s.session_id and a.event <> 'started') e on true`;
const STATUS = `coalesce(e.event, 'running')`;
const SESSION_COLUMNS = `s.session_id, s.run_id, s.node, s.node_id, s.trigger, s.classification,
  s.error_type, s.action, s.parameters, s.actor, s.reason, s.state_before, e.state_after,
  ${STATUS} as status, ${MS('s.started_at')} as started_at, ${MS('e.at')} as completed_at`;

interface SessionRow {
  readonly session_id: string;
  readonly run_id: string;
  readonly node: number | null;
  readonly node_id: string | null;
  readonly trigger: RecoveryTrigger;
  readonly classification: Classification | null;
  readonly error_type: string | null;
  readonly action: RecoveryAction;
  readonly parameters: JsonObject;
  readonly actor: string;
  readonly reason: string | null;
  readonly state_before: string;
  readonly state_after: string | null;
  readonly status: RecoveryStatus;
  readonly started_at: number;
  readonly completed_at: number | null;
}

export async function findRecovery(
  db: Database,
  access: Access,
  sessionId: string,
): Promise<RecoveryRecord | undefined> {
  const given = parameters();
  const [row] = await ask<SessionRow>(
    db,
    `select ${SESSION_COLUMNS} from recoveries s ${ENDS}
     where s.session_id = ${given.add(sessionId)} and ${reachable(access, given, 's')}`,
    given.values,
  );
  return row && recordOf(row);
}

/** Newest first: the order of their ids, which begin with the time. */
export function listRecoveries(
  db: Database,
  access: Access,
  filter: RecoveryFilter,
  page: PageRequest<string>,
): Promise<Page<RecoveryRecord>> {
  const given = parameters();
  const where = picksOf(filter, given, 's');
  if (filter.status !== undefined) where.push(`${STATUS} = ${given.add(filter.status)}`);
  const sessions = newestOf({ table: 'recoveries', alias: 's', key: 'session_id' }, [
    reachable(access, given, 's'),
    ...(filter.runId === undefined ? [] : [`s.run_id = ${given.add(filter.runId)}`]),
  ]);
  return pageOf(db, {
    ...{ columns: SESSION_COLUMNS, from: `${sessions(where)} ${ENDS}`, key: ['s.session_id'] },
    counted: filter.status === undefined ? sessions(where) : undefined,
    ...{ where: [...where, 'true'], page, given, newestFirst: true, item: recordOf },
    after: page.after === undefined ? undefined : [page.after],
  });
}

function recordOf(row: SessionRow): RecoveryRecord {
  return {
    sessionId: row.session_id,
    runId: row.run_id,
    node: row.node,
    nodeId: row.node_id,
    trigger: row.trigger,
    classification: row.classification,
    errorType: row.error_type,
    action: row.action,
    parameters: row.parameters,
    actor: row.actor,
    reason: row.reason,
    status: row.status,
    stateBefore: row.state_before,
    stateAfter: row.state_after,
    startedAt: row.started_at,
    completedAt: row.completed_at,
  };
}

/** What no index knows. */
function picksOf({ action, trigger }: RecoveryFilter, given: Parameters, alias: string): string[] {
  return [
    ...(action === undefined ? [] : [`${alias}.action = ${given.add(action)}`]),
    ...(trigger === undefined ? [] : [`${alias}.trigger = ${given.add(trigger)}`]),
  ];
}

/** Rows of a table by what an index knows: all of them, or the newest when they are picked from. */
function newestOf(
  { table, alias, key }: { readonly table: string; readonly alias: string; readonly key: string },
  known: readonly string[],
) {
  const where = known.join(' and ');
  return (picks: readonly string[]) =>
    `(select * from ${table} ${alias} where ${where}${
      picks.length === 0 ? '' : ` order by ${alias}.${key} desc limit ${NEWEST}`
    }) ${alias}`;
}

interface AuditRow extends Omit<SessionRow, 'status' | 'started_at' | 'completed_at'> {
  readonly audit_id: string;
  readonly event: RecoveryAuditRecord['event'];
  readonly success: boolean | null;
  readonly details: JsonObject;
  readonly at: number;
}

/** Newest first. A status asks for the rows that tell of it; `running` for the beginnings. */
export function listRecoveryAudits(
  db: Database,
  access: Access,
  filter: RecoveryFilter & { readonly sessionId?: string },
  page: PageRequest<string>,
): Promise<Page<RecoveryAuditRecord>> {
  const given = parameters();
  const { runId, sessionId, status } = filter;
  const where = picksOf(filter, given, 'a');
  if (status !== undefined) {
    where.push(`a.event = ${given.add(status === 'running' ? 'started' : status)}`);
  }
  const rows = newestOf({ table: 'recovery_audits', alias: 'a', key: 'audit_id' }, [
    reachable(access, given, 'a'),
    ...(runId === undefined ? [] : [`a.run_id = ${given.add(runId)}`]),
    ...(sessionId === undefined ? [] : [`a.session_id = ${given.add(sessionId)}`]),
  ]);
  return pageOf(db, {
    columns: `a.audit_id, a.session_id, a.run_id, a.event, a.trigger, a.classification, a.action,
      a.actor, a.state_before, a.state_after, a.success, a.details, ${MS('a.at')} as at`,
    ...{ from: rows(where), where: [...where, 'true'], key: ['a.audit_id'] },
    after: page.after === undefined ? undefined : [page.after],
    ...{ page, given, newestFirst: true, item: auditOf },
  });
}

function auditOf(row: AuditRow): RecoveryAuditRecord {
  return {
    auditId: row.audit_id,
    sessionId: row.session_id,
    runId: row.run_id,
    event: row.event,
    trigger: row.trigger,
    classification: row.classification,
    action: row.action,
    actor: row.actor,
    stateBefore: row.state_before,
    stateAfter: row.state_after,
    success: row.success,
    details: row.details,
    at: row.at,
  };
}

/** How often each action was taken among the newest sessions, and how often it has worked. */
export async function effectivenessOf(
  db: Database,
  access: Access,
): Promise<ActionEffectiveness[]> {
  const given = parameters();
  return ask<ActionEffectiveness & Record<string, unknown>>(
    db,
    `select s.action, count(*)::int as sessions,
       (count(*) filter (where e.success))::int as succeeded,
       (count(*) filter (where e.success is null))::int as running
     from (select s.session_id, s.action from recoveries s where ${reachable(access, given, 's')}
           order by s.session_id desc limit ${NEWEST}) s ${ENDS}
     group by s.action order by s.action`,
    given.values,
  );
}
