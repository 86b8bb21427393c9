import type { Access, BudgetRaise, RaiseResult, RunBudgets } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { clean, phaseBudgetKey, runBudgetKey } from './budget-keys.ts';
import { limitColumns } from './budget-rows.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { OPEN } from './interventions.ts';
import { reachable } from './run-row.ts';

interface Present {
  readonly over: boolean;
  readonly owner: string;
  readonly task_id: string | null;
  readonly budgets: RunBudgets | null;
  readonly limit_nano: string | null;
  readonly made: boolean;
}

/**
 * Raises a limit and lets nodes that wait for money go on: one statement, because it locks the run's
 * row. The interventions and the run's inbox change as if a person had resolved each of them.
 */
export async function raiseBudget(
  db: Database,
  access: Access,
  raise: BudgetRaise,
): Promise<RaiseResult> {
  const { runId, phase, limitNano } = raise;
  const key = phase === undefined ? runBudgetKey(runId) : phaseBudgetKey(runId, phase);
  const present = await findPresent(db, access, { runId, key });
  if (present === undefined) return { state: 'missing' };
  if (present.over) return { state: 'over' };
  const given = phase === undefined ? present.budgets?.run : present.budgets?.phases?.[phase];
  const columns = limitColumns(given);
  const limit = present.made ? present.limit_nano : columns.limit_nano;
  if (limit !== null && Number(limit) >= limitNano) return { state: 'lower', limit: Number(limit) };
  const subject = phase === undefined ? (present.budgets?.profile ?? null) : clean(phase);
  const row = { ...columns, key, scope: phase === undefined ? 'run' : 'phase', subject };
  const resolved = await raiseTo(db, access, raise, row);
  if (resolved !== undefined) return { state: 'raised', resolved };
  // Somebody else was faster, or the run has just ended.
  const now = await findPresent(db, access, { runId, key });
  return now === undefined || now.over
    ? { state: 'over' }
    : { state: 'lower', limit: Number(now.limit_nano ?? 0) };
}

async function findPresent(
  db: Database,
  access: Access,
  { runId, key }: { readonly runId: string; readonly key: string },
): Promise<Present | undefined> {
  const given = parameters();
  const id = given.add(runId);
  const budget = `left join budgets b on b.budget_key = ${given.add(key)}`;
  const columns = (over: boolean) => `select ${over} as over, r.owner, r.task_id,
    r.input::jsonb -> 'budgets' as budgets, b.limit_nano, b.budget_key is not null as made`;
  const of = (table: string) =>
    `from ${table} r ${budget} where r.run_id = ${id} and ${reachable(access, given)}`;
  const [row] = await ask<Present>(
    db,
    `${columns(false)} ${of('run_live')} and r.status <> 'cancelled'
     union all ${columns(true)} ${of('runs')}
     union all ${columns(true)} ${of('run_live')} and r.status = 'cancelled' limit 1`,
    given.values,
  );
  return row;
}

type NewRow = ReturnType<typeof limitColumns> & {
  readonly key: string;
  readonly scope: string;
  readonly subject: string | null;
};

/** @returns the interventions that were resolved; undefined when it could not be raised */
async function raiseTo(
  db: Database,
  access: Access,
  raise: BudgetRaise,
  row: NewRow,
): Promise<readonly string[] | undefined> {
  const given = parameters();
  const rows = await ask<{ resolved: readonly string[] }>(
    db,
    `with run as (
       select r.run_id, r.owner, r.task_id from run_live r
       where r.run_id = ${given.add(raise.runId)} and ${reachable(access, given)}
         and r.status <> 'cancelled' for update),
     raised as (
       insert into budgets as b (budget_key, scope, owner, subject, run_id, task_id, limit_nano,
         warn_at, on_crossing, degrade_to)
       select ${given.add(row.key)}::text, ${given.add(row.scope)}::text, run.owner,
         ${given.add(row.subject)}::text, run.run_id,
         case when ${given.add(row.scope)}::text = 'run' then run.task_id end,
         ${given.add(raise.limitNano)}::bigint, ${given.add(row.warn_at)}::real,
         ${given.add(row.on_crossing)}::text, ${given.add(row.degrade_to)}::text
       from run
       on conflict (budget_key) do update set limit_nano = excluded.limit_nano, warned_at = null,
         updated_at = clock_timestamp()
       where b.limit_nano is null or b.limit_nano < excluded.limit_nano
       returning b.run_id),
     ${resolvePart(raise, given)},
     audited as (${auditPart(raise.audit, 'raised', given)})
     select coalesce((select array_agg(intervention_id::text) from resolved), '{}') as resolved
     from raised`,
    given.values,
  );
  return rows[0]?.resolved;
}

/** The parts that resolve what waits for money in the run of `raised`, and tell the run of it. */
function resolvePart({ audit, reason }: BudgetRaise, given: Parameters): string {
  const actor = `${given.add(audit.actor)}::text`;
  const why = `${given.add(reason ?? 'the budget was raised')}::text`;
  return `waiting as materialized (
      select i.intervention_id, i.run_id from interventions i
      join raised on raised.run_id = i.run_id
      join recoveries s on s.session_id = i.session_id and s.trigger = 'budget'
      where ${OPEN('i')} order by i.intervention_id for update of i),
    resolved as (
      update interventions i set state = 'resolved', resolution = 'retry', resolved_by = ${actor},
        resolved_at = clock_timestamp(), version = i.version + 1
      from waiting w where i.intervention_id = w.intervention_id
      returning i.intervention_id, i.run_id),
    numbered as (
      select *, row_number() over (order by intervention_id) as place from resolved),
    asked as (
      update run_live r set inbox_seq = r.inbox_seq + n.count,
        wake_at = least(r.wake_at, clock_timestamp()),
        claim_key = case when r.engine is null then 0 else r.claim_key end
      from (select run_id, count(*)::int as count from numbered group by run_id) n
      where r.run_id = n.run_id returning r.run_id, r.inbox_seq - n.count as before),
    told as (
      insert into run_inbox (run_id, seq, type, body)
      select n.run_id, a.before + n.place, 'resolve', json_build_object('actor', ${actor},
        'reason', ${why}, 'intervention', n.intervention_id, 'resolution', 'retry')::text
      from numbered n join asked a on a.run_id = n.run_id)`;
}
