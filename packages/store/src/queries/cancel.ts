import type { Access, CancelRequest, CancelResult } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { askOwner } from './inbox.ts';
import { noticePart } from './notices.ts';
import { reachable } from './run-row.ts';
import { literal, transitionPart } from './transition.ts';

/** A run can be reopened or end while it is being cancelled; so often it is looked for. */
const LOOKS = 3;

/** Puts a cancel into the run's inbox, or makes a failed or timed-out run `aborted`. */
export async function requestCancel(
  db: Database,
  access: Access,
  request: CancelRequest,
): Promise<CancelResult> {
  const { runId, mode, reason, version, audit } = request;
  const body = JSON.stringify({ mode, actor: audit.actor, reason });
  for (let look = 1; ; look += 1) {
    if (await askOwner(db, access, { runId, type: 'cancel', body, version, audit })) return 'asked';
    const result = await endForGood(db, access, request);
    // It was reopened between the two looks: there is an owner to ask again.
    if (result !== 'live') return result;
    if (look === LOOKS) return 'final';
  }
}

async function endForGood(
  db: Database,
  access: Access,
  request: CancelRequest,
): Promise<CancelResult | 'live'> {
  const { runId, version, reason, audit, recovery } = request;
  const given = parameters();
  const id = given.add(runId);
  const may = reachable(access, given);
  const fresh = version === undefined ? 'true' : `p.version = ${given.add(version)}`;
  const [row] = await ask<{ aborted: boolean; fresh: boolean; live: boolean }>(
    db,
    `with present as (
       select r.status, r.version from runs r where r.run_id = ${id} and ${may} for update),
     aborted as (
       update runs r set status = 'aborted', version = r.version + 1
       from present p
       where r.run_id = ${id} and p.status in ('failed', 'timeout') and ${fresh}
       returning r.run_id, r.owner, p.status as before),
     noted as (${transitionPart(given, {
       changed: 'aborted',
       ...{ id, from: 'before', to: literal('aborted') },
       ...{ actor: audit.actor, reason: recovery?.reason ?? reason },
     })}),
     ${recovery === undefined ? '' : sessionParts(recovery, audit.actor, given)}
     noticed as (${noticePart({
       changed: 'aborted c',
       ...{ event: "'run.aborted'", owner: 'c.owner', runId: 'c.run_id' },
       payload: `jsonb_build_object('status', 'aborted')`,
     })}),
     audited as (${auditPart(audit, 'aborted', given)})
     select exists (select from aborted) as aborted, ${fresh} as fresh, live
     from (select version, false as live from present union all
           select r.version, r.status <> 'cancelled' from run_live r
           where r.run_id = ${id} and ${may}) p`,
    given.values,
  );
  if (row === undefined) return isThere(db, access, runId);
  if (row.aborted) return 'aborted';
  if (!row.fresh) return 'stale';
  return row.live ? 'live' : 'final';
}

/** A row that another session has moved while this one waited for it is in neither table at first. */
async function isThere(db: Database, access: Access, runId: string): Promise<'live' | 'missing'> {
  const given = parameters();
  const rows = await ask(
    db,
    `select 1 from run_live r where r.run_id = ${given.add(runId)} and ${reachable(access, given)}
       and r.status <> 'cancelled'`,
    given.values,
  );
  return rows.length > 0 ? 'live' : 'missing';
}

/** The recovery whose action the abort is: its session, with its beginning and its end. */
function sessionParts(
  { session, reason }: NonNullable<CancelRequest['recovery']>,
  actor: string,
  given: Parameters,
): string {
  const id = `${given.add(session)}::uuid`;
  const who = `${given.add(actor)}::text`;
  const why = `${given.add(reason)}::text`;
  const audit = (event: 'started' | 'completed', after: string, success: string) =>
    `select uuid_v7(), ${id}, run_id, owner, '${event}', 'manual', 'abort_execution', ${who},
       before::text, ${after}, ${success},
       jsonb_build_object('reason', ${why}, 'parameters', '{}'::jsonb), clock_timestamp()
     from aborted`;
  return `session as (
      insert into recoveries (session_id, run_id, owner, trigger, action, parameters, actor, reason,
        state_before, started_at)
      select ${id}, run_id, owner, 'manual', 'abort_execution', '{}', ${who}, ${why}, before::text,
        clock_timestamp()
      from aborted),
    session_audits as (
      insert into recovery_audits (audit_id, session_id, run_id, owner, event, trigger, action,
        actor, state_before, state_after, success, details, at)
      ${audit('started', 'null', 'null::boolean')} union all
      ${audit('completed', `'aborted'`, 'true')}),`;
}
