import { runBudgetKey } from './budget-keys.ts';
import { lockBudgets } from './budget-rows.ts';
import { CALL_COLUMNS, type CallRow } from './call-row.ts';
import { ask, type Database } from './database.ts';
import { type Session, transaction } from './transaction.ts';

/**
 * Settles open calls that nobody will say anything about any more at their expected price: they may
 * have been paid for. Whoever made one may still say what has come of it, and that is what counts
 * then. The budgets of the calls are locked already.
 */
export async function settleUnknown(
  session: Session,
  calls: readonly Pick<CallRow, 'run_id' | 'call_id'>[],
  reason: string,
): Promise<void> {
  await session.query(
    `with settled as (
       update calls c set state = 'unknown', reason = $3, ended_at = clock_timestamp()
       from unnest($1::uuid[], $2::uuid[]) as s (run_id, call_id)
       where c.run_id = s.run_id and c.call_id = s.call_id and c.state = 'open'
       returning c.call_id, c.budgets, c.expected_nano),
     freed as (delete from reservations r using settled s where r.call_id = s.call_id),
     sums as (
       select u.key, sum(s.expected_nano)::bigint as nano
       from settled s cross join unnest(s.budgets) as u (key) group by u.key)
     update budgets b set spent_nano = b.spent_nano + sums.nano, updated_at = clock_timestamp()
     from sums where b.budget_key = sums.key`,
    [calls.map((call) => call.run_id), calls.map((call) => call.call_id), reason],
  );
}

/** Runs whose strays are settled in one go. */
const RUNS_AT_ONCE = 100;

/** Open calls of runs that are over, and of attempts that have ended. */
const STRAY = `c.state = 'open' and (
  not exists (select from run_live r where r.run_id = c.run_id)
  or exists (select from attempts a where a.run_id = c.run_id and a.node = c.node
    and a.attempt = c.attempt))`;

/**
 * Settles calls whose attempt has ended without a word about them.
 * @param runId of this run only
 * @returns how many
 */
export async function settleStrays(db: Database, runId?: string): Promise<number> {
  const runs = await ask<{ run_id: string }>(
    db,
    `select distinct c.run_id from calls c
     where ${STRAY} and ($1::uuid is null or c.run_id = $1) limit ${RUNS_AT_ONCE}`,
    [runId ?? null],
  );
  let settled = 0;
  for (const { run_id } of runs) settled += await transaction(db, (s) => settleOf(s, run_id));
  return settled;
}

async function settleOf(session: Session, runId: string): Promise<number> {
  await lockBudgets(session, [runBudgetKey(runId)]);
  const { rows: keys } = await session.query<{ key: string }>(
    `select distinct u.key from calls c cross join unnest(c.budgets) as u (key)
     where c.run_id = $1 and c.state = 'open'`,
    [runId],
  );
  await lockBudgets(
    session,
    keys.map(({ key }) => key),
  );
  const { rows } = await session.query<CallRow>(
    `select ${CALL_COLUMNS} from calls c where c.run_id = $1 and ${STRAY} for update`,
    [runId],
  );
  await settleUnknown(session, rows, 'its attempt has ended without a word about it');
  return rows.length;
}
