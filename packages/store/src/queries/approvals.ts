import type { ApprovalState, ApprovalVote } from '@tenuto/contract';
import type { Access, ApprovalFilter, ApprovalRecord, Page, PageRequest } from '@tenuto/engine';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';

/** Statuses in which a run is only cleaned up: what was asked before is of no use any more. */
export const STOPPED = `('cancelled', 'timeout', 'failed', 'aborted')`;

/** Whether the run of the approval `a` may still be told: SQL. */
export const ALIVE = (alias: string) => `exists (select from run_live l
  where l.run_id = ${alias}.run_id and (${alias}.in_cleanup or l.status not in ${STOPPED}))`;

/** Its state, also where its run was given up and nobody has noted that yet. */
const STATE = `(case when a.state = 'open' and not ${ALIVE('a')} then 'cancelled' else a.state end)`;
const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
export const APPROVAL_COLUMNS = `a.approval_id, a.run_id, a.owner, a.node, a.node_id, a.phase, ${STATE} as state,
  a.title, a.message, a.approvers, a.required, a.approved_by, a.decisions, a.reason,
  ${MS('a.opened_at')} as opened_at, ${MS('a.deadline_at')} as deadline_at, a.on_deadline,
  ${MS('a.decided_at')} as decided_at, a.version`;

export interface ApprovalRow {
  readonly approval_id: string;
  readonly run_id: string;
  readonly owner: string;
  readonly node: number;
  readonly node_id: string;
  readonly phase: string | null;
  readonly state: ApprovalState;
  readonly title: string;
  readonly message: string | null;
  readonly approvers: string[] | null;
  readonly required: number;
  readonly approved_by: number;
  readonly decisions: ApprovalVote[];
  readonly reason: string | null;
  readonly opened_at: number;
  readonly deadline_at: number | null;
  readonly on_deadline: 'approve' | 'reject';
  readonly decided_at: number | null;
  readonly version: number;
}

/** The names under which a principal may have been asked: its own, and those of its teams. */
export function namesOf({ owner, shared = [] }: Access): readonly string[] {
  return [owner, ...shared];
}

/** The condition that keeps a statement to approvals of runs that are reached, or asked of one. */
export function visible(access: Access, given: Parameters, alias: string): string {
  if (access.all) return 'true';
  const names = given.add(namesOf(access));
  return `(${reachable(access, given, alias)} or ${alias}.deciders && ${names}::text[])`;
}

/** The condition that a vote of the principal counts. */
export function mayDecide(access: Access, given: Parameters, alias: string): string {
  const names = given.add(namesOf(access));
  const anybody = `(${alias}.approvers is null and ${reachable(access, given, alias)})`;
  return `(${anybody} or ${alias}.deciders && ${names}::text[])`;
}

export async function findApproval(
  db: Database,
  access: Access,
  id: string,
): Promise<ApprovalRecord | undefined> {
  const given = parameters();
  const [row] = await ask<ApprovalRow>(
    db,
    `select ${APPROVAL_COLUMNS} from approvals a
     where a.approval_id = ${given.add(id)} and ${visible(access, given, 'a')}`,
    given.values,
  );
  return row && approvalOf(row);
}

/** Newest first: the order of their ids, which begin with the time. */
export function listApprovals(
  db: Database,
  access: Access,
  filter: ApprovalFilter,
  page: PageRequest<string>,
): Promise<Page<ApprovalRecord>> {
  const given = parameters();
  const where = [visible(access, given, 'a')];
  if (filter.runId !== undefined) where.push(`a.run_id = ${given.add(filter.runId)}`);
  if (filter.states !== undefined)
    where.push(`${STATE} = any(${given.add(filter.states)}::text[])`);
  if (filter.waitingFor !== undefined) {
    where.push(`a.state = 'open' and ${ALIVE('a')} and ${mayDecide(access, given, 'a')}
      and not ${given.add(filter.waitingFor)} = any(a.voters)`);
  }
  return pageOf(db, {
    ...{ columns: APPROVAL_COLUMNS, from: 'approvals a', where, key: ['a.approval_id'] },
    after: page.after === undefined ? undefined : [page.after],
    ...{ page, given, newestFirst: true, item: approvalOf },
  });
}

export function approvalOf(row: ApprovalRow): ApprovalRecord {
  return {
    approvalId: row.approval_id,
    runId: row.run_id,
    owner: row.owner,
    node: row.node,
    nodeId: row.node_id,
    phase: row.phase,
    state: row.state,
    title: row.title,
    message: row.message,
    approvers: row.approvers,
    required: row.required,
    approvedBy: row.approved_by,
    decisions: row.decisions,
    reason: row.reason,
    openedAt: row.opened_at,
    deadlineAt: row.deadline_at,
    onDeadline: row.on_deadline,
    decidedAt: row.decided_at,
    version: row.version,
  };
}
