/**
 * Votes of people, and what deadlines decide. Each locks the run's row before the approval's, as
 * decisions of interventions do: so nobody waits for somebody who waits for them.
 */
import type { Access, Vote, VoteResult } from '@tenuto/engine';
import { APPROVAL_FACTS, approvalMessage, NOW_TEXT } from './approval-words.ts';
import { ALIVE, mayDecide, STOPPED, visible } from './approvals.ts';
import { auditPart } from './audit.ts';
import { ask, type Database, parameters } from './database.ts';
import { wakeUp } from './inbox.ts';
import { noticePart } from './notices.ts';

/** Deadlines that one statement lets pass: the rows of their runs are locked meanwhile. */
const AT_ONCE = 500;
/** Votes of one approval that may be passed on. */
const DELEGATIONS = 50;
const DEADLINE = 'deadline';
const LATE = 'The deadline has passed.';

interface Judged {
  readonly changed: 'last' | 'one' | null;
  readonly open: boolean;
  readonly late: boolean;
  readonly may: boolean;
  readonly voted: boolean;
}

/** Casts a vote and, when it is the last one needed, tells the run: all in one statement. */
export async function castVote(db: Database, access: Access, vote: Vote): Promise<VoteResult> {
  const { approvalId, voter, decision, comment, delegateTo, audit } = vote;
  const given = parameters();
  const id = `${given.add(approvalId)}::uuid`;
  const who = `${given.add(voter)}::text`;
  const what = `${given.add(decision)}::text`;
  const why = `${given.add(comment ?? null)}::text`;
  const to = `${given.add(delegateTo ?? null)}::text`;
  const seen = visible(access, given, 'a');
  const [row] = await ask<Judged>(
    db,
    `with run as (
       select r.run_id, r.status from run_live r where r.run_id = (
         select a.run_id from approvals a where a.approval_id = ${id} and ${seen}) for update),
     present as (
       select a.* from approvals a
       where a.approval_id = ${id} and ${seen} and (select count(*) from run) >= 0 for update),
     judged as (
       select p.*,
         p.state = 'open' and exists (
           select from run where p.in_cleanup or run.status not in ${STOPPED}) as open,
         coalesce(p.deadline_at <= clock_timestamp(), false) as late,
         ${mayDecide(access, given, 'p')} as may,
         ${who} = any(p.voters) as voted,
         ${to} is null or (${to} <> ${who} and not ${to} = any(p.voters || p.deciders)
           and cardinality(p.deciders) < coalesce(cardinality(p.approvers), 0) * 2 + ${DELEGATIONS})
           as passes
       from present p),
     changed as (
       update approvals a set version = a.version + 1, voters = j.voters || ${who},
         deciders = case when ${to} is null then j.deciders else j.deciders || ${to} end,
         decisions = j.decisions || jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
           'by', ${who}, 'decision', ${what}, 'comment', ${why}, 'to', ${to}, 'at', ${NOW_TEXT}))),
         approved_by = j.approved_by + (${what} = 'approve')::int,
         state = case when ${what} = 'reject' then 'rejected'
           when ${what} = 'approve' and j.approved_by + 1 >= j.required then 'approved'
           else 'open' end,
         reason = case when ${what} = 'reject' then coalesce(${why}, 'Rejected by ' || ${who} || '.') end,
         decided_at = case when ${what} = 'reject'
           or (${what} = 'approve' and j.approved_by + 1 >= j.required) then clock_timestamp() end
       from judged j
       where a.approval_id = ${id} and j.open and not j.late and j.may and not j.voted and j.passes
       returning a.*),
     decided as (select * from changed where state <> 'open'),
     asked as (
       update run_live r set ${wakeUp('signal')} from decided
       where r.run_id = decided.run_id returning r.run_id, r.inbox_seq),
     told as (
       insert into run_inbox (run_id, seq, type, body)
       select k.run_id, k.inbox_seq, 'signal', ${approvalMessage(who)}
       from asked k join decided c on c.run_id = k.run_id),
     noticed as (${noticePart(DECIDED)}),
     audited as (${auditPart(audit, 'changed', given)})
     select (select case when state = 'open' then 'one' else 'last' end from changed) as changed,
       open, late, may, voted from judged`,
    given.values,
  );
  return resultOf(row);
}

const DECIDED = {
  changed: 'decided c',
  ...{ event: "'approval.decided'", owner: 'c.owner', runId: 'c.run_id' },
  payload: APPROVAL_FACTS,
} as const;

function resultOf(row: Judged | undefined): VoteResult {
  if (row === undefined) return 'missing';
  if (row.changed !== null) return row.changed === 'last' ? 'voted_last' : 'voted_one';
  if (!row.open) return 'closed';
  if (!row.may) return 'not_yours';
  if (row.late) return 'late';
  return row.voted ? 'voted' : 'delegate';
}

/**
 * Lets deadlines that have passed decide. Runs that somebody writes at this moment are left for the
 * next time.
 * @returns the runs that were told
 */
export async function expireApprovals(db: Database): Promise<readonly string[]> {
  const told: string[] = [];
  for (;;) {
    const some = await expireSome(db);
    told.push(...some);
    if (some.length < AT_ONCE) return told;
  }
}

async function expireSome(db: Database): Promise<readonly string[]> {
  const given = parameters();
  const actor = `${given.add(DEADLINE)}::text`;
  const rows = await ask<{ run_id: string }>(
    db,
    `with due as materialized (
       select a.approval_id, a.run_id from approvals a join run_live r on r.run_id = a.run_id
       where a.state = 'open' and a.deadline_at <= clock_timestamp()
         and (a.in_cleanup or r.status not in ${STOPPED})
       order by a.deadline_at limit ${AT_ONCE} for update of r skip locked),
     decided as (
       update approvals a set version = a.version + 1, decided_at = clock_timestamp(),
         state = case a.on_deadline when 'approve' then 'approved' else 'rejected' end,
         reason = ${given.add(LATE)}
       from due where a.approval_id = due.approval_id and a.state = 'open'
         and a.deadline_at <= clock_timestamp()
       returning a.*),
     numbered as (
       select *, row_number() over (partition by run_id order by approval_id) as place from decided),
     asked as (
       update run_live r set inbox_seq = r.inbox_seq + n.count,
         wake_at = least(r.wake_at, clock_timestamp()),
         claim_key = case when r.engine is null then 0 else r.claim_key end
       from (select run_id, count(*)::int as count from numbered group by run_id) n
       where r.run_id = n.run_id returning r.run_id, r.inbox_seq - n.count as before),
     told as (
       insert into run_inbox (run_id, seq, type, body)
       select c.run_id, k.before + c.place, 'signal', ${approvalMessage(actor)}
       from numbered c join asked k on k.run_id = c.run_id),
     noticed as (${noticePart(DECIDED)}),
     audited as (
       insert into audit (audit_id, at, actor, action, subject, details)
       select uuid_v7(), clock_timestamp(), ${actor},
         case c.state when 'approved' then 'run.approved' else 'run.rejected' end, c.run_id::text,
         json_build_object('approval_id', c.approval_id, 'node_id', c.node_id,
           'reason', c.reason)::text
       from decided c)
     select run_id from decided`,
    given.values,
  );
  return rows.map((row) => row.run_id);
}

/** Closes what was asked about runs that have been given up since. @returns how many */
export async function closeStrayApprovals(db: Database): Promise<number> {
  const rows = await ask(
    db,
    `with stray as (
       select a.approval_id from approvals a where a.state = 'open' and not ${ALIVE('a')}
       order by a.approval_id limit ${AT_ONCE} for update skip locked)
     update approvals a set state = 'cancelled', decided_at = clock_timestamp(),
       version = a.version + 1
     from stray where a.approval_id = stray.approval_id returning 1`,
  );
  return rows.length;
}
