import { OrchestrationError } from '@tenuto/contract';
import { type AskedApproval, approvalSignal, type NewApproval } from '@tenuto/engine';
import { APPROVAL_ANSWER, APPROVAL_FACTS } from './approval-words.ts';
import { STOPPED } from './approvals.ts';
import { ask, type Database, parameters } from './database.ts';
import { noticePart } from './notices.ts';

/** A question under the same key can be asked by another attempt at the same moment. */
const LOOKS = 3;

interface Asked {
  readonly approval_id: string;
  readonly state: string;
  readonly answer: NonNullable<AskedApproval['answer']>;
}

/**
 * Notes a question, once for its key; what the node has asked before, in an earlier round, is closed
 * by it.
 * @throws OrchestrationError 409 when the run is over
 */
export async function askApproval(db: Database, approval: NewApproval): Promise<AskedApproval> {
  for (let look = 0; look < LOOKS; look += 1) {
    const row = (await findAsked(db, approval)) ?? (await note(db, approval));
    if (row === undefined) continue;
    const { approval_id: approvalId, state, answer } = row;
    const isDecided = state === 'approved' || state === 'rejected';
    return { approvalId, signal: approvalSignal(approvalId), ...(isDecided && { answer }) };
  }
  throw new OrchestrationError('conflict', `The run ${approval.runId} is over.`);
}

async function findAsked(db: Database, { runId, key }: NewApproval): Promise<Asked | undefined> {
  const rows = await ask<Asked>(
    db,
    `select c.approval_id, c.state, ${APPROVAL_ANSWER} as answer from approvals c
     where c.run_id = $1 and c.key = $2`,
    [runId, key],
  );
  return rows[0];
}

async function note(db: Database, approval: NewApproval): Promise<Asked | undefined> {
  const { runId, node, nodeId, key, owner, title, phase, rule } = approval;
  const { approvers, required = 1, deadline_seconds: seconds, on_deadline: end } = rule;
  const given = parameters();
  const id = given.add(runId);
  const names = approvers === undefined ? null : [...new Set(approvers)];
  const values = [
    ...[key, owner, node, nodeId, phase ?? null, title, rule.message ?? null, names],
    ...[(names ?? []).flatMap(decidersOf), required, end ?? 'reject'],
  ].map((value) => given.add(value));
  const deadline = `clock_timestamp() + ${given.add(seconds ?? null)}::float8 * interval '1 second'`;
  const rows = await ask<Asked>(
    db,
    `with run as (
       select r.run_id, r.status in ${STOPPED} as stopped from run_live r where r.run_id = ${id}),
     made as (
       insert into approvals (approval_id, run_id, key, owner, node, node_id, phase, title, message,
         approvers, deciders, required, on_deadline, state, in_cleanup, opened_at, deadline_at)
       select uuid_v7(), run_id, ${values.join(', ')}, 'open', stopped, clock_timestamp(), ${deadline}
       from run on conflict (run_id, key) do nothing returning *),
     superseded as (
       update approvals o set state = 'cancelled', decided_at = clock_timestamp(),
         version = o.version + 1
       from made m
       where o.run_id = m.run_id and o.node = m.node and o.state = 'open' and o.key <> m.key),
     asked as (
       select distinct on (whom) m.*, whom
       from made m cross join lateral unnest(array[m.owner] || m.deciders) whom),
     noticed as (${noticePart({
       changed: 'asked c',
       ...{ event: "'approval.requested'", owner: 'c.whom', runId: 'c.run_id' },
       payload: APPROVAL_FACTS,
     })})
     select c.approval_id, c.state, ${APPROVAL_ANSWER} as answer from made c`,
    given.values,
  );
  return rows[0];
}

/** A bare name may be that of a principal, or of a team. */
function decidersOf(name: string): readonly string[] {
  return /^(?:agent:|user:|team:|admin$|system$|loopback$)/.test(name)
    ? [name]
    : [name, `team:${name}`];
}
