import {
  APPROVAL_STATES,
  type Approval,
  type ApprovalDecision,
  type DecideApproval,
} from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
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

function bodyOf({ comment, approval }: DecideOptions): Omit<DecideApproval, 'decision'> {
  return {
    ...(comment !== undefined && { comment }),
    ...(approval !== undefined && { approval_id: approval }),
  };
}

async function cast(
  { output, client }: Session,
  runId: string,
  body: DecideApproval,
): Promise<typeof EXIT.ok> {
  const one = await client().approvals.decide(runId, body);
  const { title, state, approved_by: agreed, required } = one;
  output.result(one, () => [printable(`"${title}" is ${state}: ${agreed} of ${required} agreed.`)]);
  return EXIT.ok;
}
