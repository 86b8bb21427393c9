import {
  type Approval,
  type ApprovalState,
  type DecideApproval,
  formatTime,
  type JsonObject,
  type List,
  OrchestrationError,
  type RaisedBudget,
} from '@tenuto/contract';
import type { Access, ApprovalRecord, ApprovalStore, VoteResult } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { type BudgetParts, raiseBudget } from './budgets.ts';
import { auditOf } from './job-state.ts';
import { timeView } from './job-view.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';
import type { JobParts } from './services.ts';

export type ApprovalParts = Pick<JobParts, 'jobs' | 'engine'> & {
  readonly approvals: ApprovalStore;
} & Pick<BudgetParts, 'budgets'>;

export interface ApprovalQuery extends Paging {
  readonly run_id?: string;
  readonly state?: readonly ApprovalState[];
  readonly mine?: boolean;
}

/** What the caller may decide, and what was asked about runs that it reaches; newest first. */
export async function listApprovals(
  { approvals }: ApprovalParts,
  { principal }: Caller,
  query: ApprovalQuery,
): Promise<List<Approval>> {
  const access = authorize(principal, 'runs:read', 'approvals');
  const request = pageRequest(query, runKey);
  const { run_id: runId, state, mine } = query;
  const filter = {
    ...(runId !== undefined && { runId: runId.toLowerCase() }),
    ...(state !== undefined && { states: state }),
    ...(mine === true && { waitingFor: principal.owner }),
  };
  const page = await approvals.approvals(access, filter, request);
  return listOf(page, request, {
    codec: runKey,
    key: (record) => record.approvalId,
    item: approvalView,
  });
}

/** @throws OrchestrationError 404 */
export async function getApproval(
  parts: ApprovalParts,
  { principal }: Caller,
  id: string,
): Promise<Approval> {
  return approvalView(await find(parts, authorize(principal, 'runs:read', 'approvals'), id));
}

const DEEDS = {
  approve: 'run.approved',
  reject: 'run.rejected',
  delegate: 'run.delegated',
} as const;

/**
 * Casts the caller's vote; the last one that is needed lets the run go on. With a budget, what the
 * run may cost is raised first; where nothing but money is waited for, that is all there is to do.
 * @throws OrchestrationError 400, 403 when others have to decide, 404, 409 when it is decided, late,
 *   or the vote was used, 422 for somebody whom a vote cannot be passed on to
 */
export async function decideApproval(
  parts: ApprovalParts,
  caller: Caller,
  { runId: given, body }: { readonly runId: string; readonly body: DecideApproval },
): Promise<Approval | RaisedBudget> {
  const { principal } = caller;
  const access = authorize(principal, 'runs:write', 'approvals');
  const { decision, comment, delegate_to: delegateTo } = body;
  refuseMisfits(body);
  const runId = given.toLowerCase();
  const choice = await chosen(parts, caller, { access, runId, body });
  const raised = await raiseFor(parts, caller, { choice, runId, body });
  if (choice instanceof OrchestrationError) {
    if (raised === undefined) throw choice;
    return raised;
  }
  const { approvalId, nodeId } = choice;
  const details: JsonObject = {
    ...{ approval_id: approvalId, node_id: nodeId },
    ...(comment !== undefined && { comment }),
    ...(delegateTo !== undefined && { delegate_to: delegateTo }),
  };
  const result = await parts.approvals.vote(access, {
    ...{ approvalId, voter: principal.owner, decision },
    ...(comment !== undefined && { comment }),
    ...(delegateTo !== undefined && { delegateTo }),
    audit: auditOf(caller, DEEDS[decision], runId, details),
  });
  if (result === 'voted_last') parts.engine.poke(runId);
  const record = await find(parts, access, approvalId);
  refuse(result, record, delegateTo);
  return approvalView(record);
}

/**
 * Raises the budget, where that is asked for. A vote that would not count raises nothing.
 * @returns undefined when nothing was raised
 */
async function raiseFor(
  parts: ApprovalParts,
  caller: Caller,
  {
    choice,
    runId,
    body: { budget_usd: usd, comment: reason },
  }: {
    readonly choice: ApprovalRecord | OrchestrationError;
    readonly runId: string;
    readonly body: DecideApproval;
  },
): Promise<RaisedBudget | undefined> {
  if (usd === undefined) return undefined;
  const { owner } = caller.principal;
  const access = authorize(caller.principal, 'runs:write', 'approvals');
  if (choice instanceof OrchestrationError) {
    if (choice.status === 404) return undefined;
  } else {
    const filter = { runId, waitingFor: owner };
    const { items } = await parts.approvals.approvals(access, filter, { limit: 100, offset: 0 });
    if (!items.some(({ approvalId }) => approvalId === choice.approvalId)) return undefined;
  }
  return raiseBudget(parts, caller, { runId, usd, reason });
}

function refuseMisfits({ decision, delegate_to: to, budget_usd: usd }: DecideApproval): void {
  if (usd !== undefined && decision !== 'approve') {
    throw wrong('goes with approve alone', '/budget_usd');
  }
  const isGiven = to !== undefined;
  if ((decision === 'delegate') !== isGiven) {
    throw wrong(isGiven ? 'goes with delegate alone' : 'says to whom the vote is passed on');
  }
  if (to?.startsWith('team:'))
    throw wrong('is a person or an agent: a vote is one, and teams many');
}

function wrong(message: string, path = '/delegate_to'): OrchestrationError {
  return new OrchestrationError('validation_failed', `${path} ${message}.`, {
    validationErrors: [{ path, message }],
  });
}

interface Choice {
  readonly access: Access;
  readonly runId: string;
  readonly body: DecideApproval;
}

/**
 * The approval that is meant: the one that is named, or the only one that waits for the caller. When
 * none does, why.
 */
async function chosen(
  parts: ApprovalParts,
  { principal }: Caller,
  { access, runId, body }: Choice,
): Promise<ApprovalRecord | OrchestrationError> {
  if (body.approval_id !== undefined) {
    const record = await find(parts, access, body.approval_id);
    if (record.runId === runId) return record;
    throw missing(body.approval_id);
  }
  const filter = { runId, waitingFor: principal.owner };
  const { items } = await parts.approvals.approvals(access, filter, { limit: 20, offset: 0 });
  const [only, ...others] = items;
  if (only === undefined) return nothingOpen(parts, access, runId);
  if (others.length === 0) return only;
  const ids = items.map(({ approvalId, title }) => `${approvalId} (${title})`);
  throw new OrchestrationError(
    'conflict',
    `Several approvals wait for you: say which by approval_id: ${ids.join(', ')}.`,
  );
}

/** Who sees neither the run nor an approval of it is not told that it is there. */
async function nothingOpen(
  { approvals, jobs }: ApprovalParts,
  access: Access,
  runId: string,
): Promise<OrchestrationError> {
  const { items } = await approvals.approvals(access, { runId }, { limit: 1, offset: 0 });
  if (items.length === 0 && (await jobs.find(access, runId)) === undefined) {
    return new OrchestrationError('not_found', `There is no run ${runId}.`);
  }
  const message = `No approval of the run ${runId} waits for your decision.`;
  return new OrchestrationError('conflict', message);
}

async function find(
  { approvals }: ApprovalParts,
  access: Access,
  id: string,
): Promise<ApprovalRecord> {
  const record = await approvals.approval(access, id.toLowerCase());
  if (record === undefined) throw missing(id);
  return record;
}

function missing(id: string): OrchestrationError {
  return new OrchestrationError('not_found', `There is no approval ${id}.`);
}

function refuse(
  result: VoteResult,
  { approvalId, state, approvers, approvedBy, required }: ApprovalRecord,
  delegateTo: string | undefined,
): void {
  const conflict = (message: string) => new OrchestrationError('conflict', message);
  switch (result) {
    case 'voted_last':
    case 'voted_one':
      return;
    case 'missing':
      throw missing(approvalId);
    case 'closed':
      throw conflict(`The approval is ${state === 'open' ? 'about a run that is over' : state}.`);
    case 'late':
      throw conflict('The deadline of the approval has passed.');
    case 'not_yours':
      throw new OrchestrationError(
        'forbidden',
        `Others have to decide this: ${(approvers ?? []).join(', ')}.`,
      );
    case 'voted':
      throw conflict(
        `Your vote was used, or passed on, already; ${approvedBy} of ${required} have agreed.`,
      );
    case 'delegate':
      throw new OrchestrationError(
        'unprocessable',
        `Your vote cannot be passed on to ${delegateTo}, who has, or had, a vote: each has one.`,
      );
  }
}

export function approvalView(record: ApprovalRecord): Approval {
  return {
    approval_id: record.approvalId,
    run_id: record.runId,
    node_id: record.nodeId,
    phase: record.phase,
    state: record.state,
    title: record.title,
    message: record.message,
    approvers: record.approvers === null ? null : [...record.approvers],
    required: record.required,
    approved_by: record.approvedBy,
    decisions: [...record.decisions],
    reason: record.reason,
    opened_at: formatTime(record.openedAt),
    deadline_at: timeView(record.deadlineAt),
    on_deadline: record.onDeadline,
    decided_at: timeView(record.decidedAt),
    version: record.version,
  };
}
