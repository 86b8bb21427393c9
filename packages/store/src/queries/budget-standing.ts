import { type BudgetScope, CROSSINGS, type Crossing } from '@tenuto/contract';
import type { BudgetState } from '@tenuto/engine';
import { type BudgetRow, DEFAULT_WARN_AT } from './budget-rows.ts';
import type { Session } from './transaction.ts';

/** A budget with its limit as it is in force, and what is going on in it. */
export interface BudgetStanding extends BudgetState {
  readonly key: string;
  readonly budgetId: string;
  readonly scope: BudgetScope;
  readonly warnAt: number;
  readonly onCrossing: Crossing;
  readonly degradeTo: string | null;
  readonly warned: boolean;
}

interface Rules {
  readonly scope: string;
  readonly subject: string | null;
  readonly limit_nano: string | null;
  readonly warn_at: number;
  readonly on_crossing: string;
  readonly degrade_to: string | null;
}

interface Reserved {
  readonly budget_key: string;
  readonly expected: string;
  readonly upper: string;
  readonly most: string;
}

/**
 * What locked budgets stand at. Runs and phases have their limits in their own rows; those of all
 * else are read from where they are set, so that a change holds from the next call on.
 * @param budgets of one run, innermost first
 */
export async function standingsOf(
  session: Session,
  budgets: readonly BudgetRow[],
): Promise<readonly BudgetStanding[]> {
  const keys = budgets.map((budget) => budget.budget_key);
  const { rows: reserved } = await session.query<Reserved>(
    `select r.budget_key, sum(r.expected_nano) as expected, sum(r.upper_nano) as upper,
       max(r.upper_nano) as most
     from reservations r where r.budget_key = any($1::text[]) group by r.budget_key`,
    [keys],
  );
  const rules = await rulesOf(session, budgets);
  const flights = new Map(reserved.map((row) => [row.budget_key, row]));
  return budgets.map((budget) => {
    const flight = flights.get(budget.budget_key);
    const rule = ruleOf(budget, rules);
    return {
      ...{ key: budget.budget_key, budgetId: budget.budget_id, scope: budget.scope },
      limit: rule.limit_nano === null ? null : Number(rule.limit_nano),
      spent: Number(budget.spent_nano),
      expected: Number(flight?.expected ?? 0),
      upper: Number(flight?.upper ?? 0),
      upperMost: Number(flight?.most ?? 0),
      ...{ warnAt: rule.warn_at, degradeTo: rule.degrade_to, warned: budget.warned },
      onCrossing: CROSSINGS.find((crossing) => crossing === rule.on_crossing) ?? 'pause',
    };
  });
}

const NO_LIMIT = {
  limit_nano: null,
  warn_at: DEFAULT_WARN_AT,
  on_crossing: 'pause',
  degrade_to: null,
};

function ruleOf(budget: BudgetRow, rules: readonly Rules[]): Omit<Rules, 'scope' | 'subject'> {
  const { scope, subject } = budget;
  if (scope === 'run' || scope === 'phase') return budget;
  const bySubject = scope === 'task' || scope === 'profile';
  return (
    rules.find((rule) => rule.scope === scope && (!bySubject || rule.subject === subject)) ??
    NO_LIMIT
  );
}

/** What is for everybody is not for who runs the place. */
const FIRST_ADMIN = 'admin';

/** What is set for tasks and profiles of the owner, and what a principal may spend. */
async function rulesOf(session: Session, budgets: readonly BudgetRow[]): Promise<readonly Rules[]> {
  const { owner } = budgets[0] ?? { owner: '' };
  const subjects = budgets
    .filter(({ scope }) => scope === 'task' || scope === 'profile')
    .map(({ subject }) => subject);
  const { rows } = await session.query<Rules>(
    `with quota as (
       select q.* from quotas q
       where q.principal = $1 or (q.principal = '*' and $1 <> '${FIRST_ADMIN}')
       order by q.principal = '*' limit 1)
     select r.scope, r.subject, r.limit_nano, r.warn_at, r.on_crossing, r.degrade_to
     from budget_rules r where r.owner = $1 and r.subject = any($2::text[])
     union all
     select 'principal', null, q.usd_per_month_nano, ${DEFAULT_WARN_AT}, 'pause', null from quota q
     union all
     select 'day', null, q.usd_per_day_nano, ${DEFAULT_WARN_AT}, 'pause', null from quota q`,
    [owner, subjects],
  );
  return rows;
}
