import {
  APPROVAL_STATES,
  type Approval,
  type ApprovalDecision,
  type DecideApproval,
  type RaisedBudget,
} from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command, Session } from './command.ts';
import { oneOf } from './job-control.ts';
import { facts, PAGE, readCount, showList } from './listing.ts';

export interface ApprovalListOptions {
  readonly state?: readonly string[];
  readonly run?: string;
  readonly mine?: boolean;
  readonly all?: boolean;
  /** As it was written. */
  readonly limit: string;
}

/** `tenuto approvals ls`: what waits for a vote, newest first. */
export const listApprovals: Command<[options: ApprovalListOptions]> = async (
  session,
  { state, run, mine = false, all = false, limit: written },
) => {
  const limit = readCount(written);
  const states = (state ?? ['open']).map((one) => oneOf(APPROVAL_STATES, one, 'A state'));
  const listing = session.client().approvals.list({
    ...(all ? {} : { state: states }),
    ...(run !== undefined && { run_id: run }),
    ...(mine && { mine }),
    limit: Math.min(limit, PAGE),
  });
  return showList(session, { listing, limit }, (found) =>
    tableLines(
      ['APPROVAL', 'RUN', 'NODE', 'STATE', 'AGREED', 'UNTIL', ''],
      found.map((one) => [
        one.approval_id,
        one.run_id,
        truncate(printable(one.node_id), 40),
        one.state,
        `${one.approved_by} of ${one.required}`,
        one.deadline_at ?? '',
        truncate(printable(one.title), 60),
      ]),
    ),
  );
};

/** `tenuto approvals show ID`. */
export const showApproval: Command<[id: string]> = async ({ output, client }, id) => {
  const one = await client().approvals.get(id);
  output.result(one, () => approvalLines(one));
  return EXIT.ok;
};

function approvalLines(one: Approval): readonly string[] {
  const { approvers, decisions, required, approved_by: agreed } = one;
  return [
    `${printable(one.title)}: ${one.state}, ${agreed} of ${required} agreed`,
    ...facts([
      ['approval', one.approval_id],
      ['run', one.run_id],
      ['node', one.node_id],
      ['message', one.message ?? ''],
      ['who', approvers === null ? 'whoever may change the run' : approvers.join(', ')],
      ['until', one.deadline_at === null ? '' : `${one.deadline_at}, then ${one.on_deadline}`],
      ['reason', one.reason ?? ''],
    ]),
    ...decisions.map(({ by, decision, to, comment, at }) => {
      const whom = to === undefined ? '' : ` to ${to}`;
      const why = comment === undefined ? '' : `: ${comment}`;
      return printable(`  ${at}  ${by}  ${decision}${whom}${why}`);
    }),
  ];
}

export interface DecideOptions {
  /** What the run may cost from now on, in US dollars; as it was written. */
  readonly budget?: string;
  readonly comment?: string;
  readonly approval?: string;
}

/** `tenuto run approve|reject RUN`. */
export function decide(
  decision: Exclude<ApprovalDecision, 'delegate'>,
): Command<[runId: string, options: DecideOptions]> {
  return (session, runId, options) => cast(session, runId, { decision, ...bodyOf(options) });
}

/** `tenuto run delegate RUN WHOM`. */
export const delegate: Command<[runId: string, whom: string, options: DecideOptions]> = (
  session,
  runId,
  whom,
  options,
) => cast(session, runId, { decision: 'delegate', delegate_to: whom, ...bodyOf(options) });

function bodyOf({ comment, approval, budget }: DecideOptions): Omit<DecideApproval, 'decision'> {
  return {
    ...(budget !== undefined && { budget_usd: readUsd(budget) }),
    ...(comment !== undefined && { comment }),
    ...(approval !== undefined && { approval_id: approval }),
  };
}

function readUsd(text: string): number {
  const usd = Number(text);
  if (Number.isFinite(usd) && usd > 0) return usd;
  throw new UsageError(`A budget is a number of US dollars; "${printable(text)}" is not.`);
}

function doneText(one: Approval | RaisedBudget): string {
  if ('budget' in one) return `The run may cost ${one.budget.limit_usd} USD now.`;
  const { title, state, approved_by: agreed, required } = one;
  return `"${title}" is ${state}: ${agreed} of ${required} agreed.`;
}

async function cast(
  { output, client }: Session,
  runId: string,
  body: DecideApproval,
): Promise<typeof EXIT.ok> {
  const one = await client().approvals.decide(runId, body);
  output.result(one, () => [printable(doneText(one))]);
  return EXIT.ok;
}
