import type pg from 'pg';
import { lockBudgets } from '../budget-rows.ts';
import type { Check } from './check.ts';
import { inOneTransaction, noteRepair, type RepairTask } from './repair.ts';

/** What the calls of a run come to that count into its budget `b`. */
const CALLS = `(select coalesce(sum(case c.state when 'done' then c.cost_nano
    when 'unknown' then c.expected_nano else 0 end), 0)::bigint
  from calls c where c.run_id = b.run_id and b.budget_key = any(c.budgets))`;

/** Budgets of runs that repair looks at: the newest. */
const LOOKED_AT = 10_000;

export const budgetSpent: Check = {
  name: 'budget_spent',
  invariant: 36,
  meaning:
    'What is spent of the budget of a run, or of a phase of it, is what its calls have cost.',
  severity: 'error',
  find: ({ sample }) => `
    select b.run_id::text as subject, 'the budget of its ' || b.scope || ' says ' || b.spent_nano
      || ' nano-USD, and its calls come to ' || b.nano as detail
    from ${sample()} cross join lateral (
      select b.run_id, b.scope, b.spent_nano, ${CALLS} as nano from budgets b
      where b.run_id = t.run_id offset 0) b
    where b.spent_nano <> b.nano`,
  repair: {
    does: 'Adds the calls up again.',
    async run(pool, task) {
      let repaired = 0;
      for (const wrong of await wrongBudgets(pool)) {
        repaired += await inOneTransaction(pool, (client) => addUp(client, task, wrong));
      }
      return repaired;
    },
  },
};

interface WrongBudget {
  readonly key: string;
  readonly run_id: string;
}

async function wrongBudgets(pool: Pick<pg.Pool, 'connect'>): Promise<readonly WrongBudget[]> {
  return inOneTransaction(pool, async (client) => {
    const { rows } = await client.query<WrongBudget>(
      `select b.budget_key as key, b.run_id from (
         select * from budgets where run_id is not null order by run_id desc limit ${LOOKED_AT}) b
       where b.spent_nano <> ${CALLS}`,
    );
    return rows;
  });
}

/** Under the lock that every call takes before it changes: nobody adds to it meanwhile. */
async function addUp(
  client: pg.PoolClient,
  task: RepairTask,
  { key, run_id: subject }: WrongBudget,
): Promise<number> {
  await lockBudgets(client, [key]);
  const { rowCount } = await client.query(
    `update budgets b set spent_nano = ${CALLS}, updated_at = clock_timestamp()
     where b.budget_key = $1 and b.spent_nano <> ${CALLS}`,
    [key],
  );
  const made = rowCount ?? 0;
  if (made > 0) await noteRepair(client, task, { subject, made });
  return made;
}
