/**
 * Budgets as calls use them. Every transaction that begins or settles a call locks the rows of its
 * budgets first, in the order of their keys, and rows of `calls` after them: so none waits for one
 * that waits for it.
 */
import type { Budget, BudgetScope } from '@tenuto/contract';
import { nanoUsd, type RunBudgets } from '@tenuto/engine';
import { type BudgetKey, budgetKeysOf, clean, runBudgetKey } from './budget-keys.ts';
import type { Session } from './transaction.ts';

export interface BudgetRow {
  readonly budget_key: string;
  readonly budget_id: string;
  readonly scope: BudgetScope;
  readonly owner: string;
  readonly run_id: string | null;
  readonly subject: string | null;
  readonly task_id: string | null;
  readonly limit_nano: string | null;
  readonly warn_at: number;
  readonly on_crossing: string;
  readonly degrade_to: string | null;
  readonly spent_nano: string;
  readonly warned: boolean;
}

export const BUDGET_COLUMNS = `b.budget_key, b.budget_id, b.scope, b.owner, b.run_id, b.subject, b.task_id,
  b.limit_nano, b.warn_at, b.on_crossing, b.degrade_to, b.spent_nano, b.warned_at is not null as warned`;

/** Locks budgets in the order of their keys, and reads them as they are by then. */
export async function lockBudgets(
  session: Session,
  keys: readonly string[],
): Promise<readonly BudgetRow[]> {
  const { rows } = await session.query<BudgetRow>(
    `select ${BUDGET_COLUMNS} from budgets b where b.budget_key = any($1::text[])
     order by b.budget_key for update`,
    [keys],
  );
  return rows;
}

interface Place {
  readonly runId: string;
  readonly phase?: string | undefined;
  readonly now: Date;
}

/**
 * Locks all budgets that a call of a run counts into; those that are not there yet are made from
 * what the run was given.
 * @returns undefined when there is no such run, or it is over
 */
export async function lockBudgetsOf(
  session: Session,
  place: Place,
): Promise<readonly BudgetRow[] | undefined> {
  const [run] = await lockBudgets(session, [runBudgetKey(place.runId)]);
  if (run !== undefined) {
    const { owner, task_id: taskId, subject: profile } = run;
    const keys = budgetKeysOf({ ...place, owner, taskId, profile }, place.now);
    const rest = keys.slice(1).map((key) => key.key);
    const others = await lockBudgets(session, rest);
    if (others.length === rest.length) return [run, ...others];
  }
  const given = await readRun(session, place.runId);
  if (given === undefined) return undefined;
  const keys = budgetKeysOf(
    { ...place, ...given, profile: given.budgets?.profile ?? null },
    place.now,
  );
  await makeBudgets(session, place.runId, given, keys);
  return lockBudgets(
    session,
    keys.map((key) => key.key),
  );
}

interface GivenRun {
  readonly owner: string;
  readonly taskId: string | null;
  readonly budgets: RunBudgets | null;
}

async function readRun(session: Session, runId: string): Promise<GivenRun | undefined> {
  const { rows } = await session.query<GivenRun>(
    `select owner, task_id as "taskId", input::jsonb -> 'budgets' as budgets
     from run_live where run_id = $1`,
    [runId],
  );
  return rows[0];
}

/** Makes those that are not there; all in the order in which they are locked. */
export async function makeBudgets(
  session: Session,
  runId: string,
  { owner, taskId, budgets }: GivenRun,
  keys: readonly BudgetKey[],
): Promise<void> {
  const made = keys.map(({ key, scope, subject }) => {
    const ofRun = scope === 'run' || scope === 'phase';
    return {
      ...{ budget_key: key, scope, owner, subject },
      ...{ run_id: ofRun ? runId : null, task_id: scope === 'run' ? taskId : null },
      ...limitColumns(budgetGiven(budgets ?? {}, scope, subject)),
    };
  });
  await session.query(
    `insert into budgets (budget_key, scope, owner, subject, run_id, task_id, limit_nano, warn_at,
       on_crossing, degrade_to)
     select m.* from jsonb_to_recordset($1::jsonb) as m (budget_key text, scope text, owner text,
       subject text, run_id uuid, task_id uuid, limit_nano bigint, warn_at real, on_crossing text,
       degrade_to text)
     order by m.budget_key collate "C" on conflict do nothing`,
    [JSON.stringify(made)],
  );
}

function budgetGiven(
  given: RunBudgets,
  scope: BudgetScope,
  subject: string | null,
): Budget | undefined {
  if (scope === 'run') return given.run;
  if (scope !== 'phase' || subject === null || given.phases === undefined) return undefined;
  for (const [phase, budget] of Object.entries(given.phases)) {
    if (clean(phase) === subject) return budget;
  }
  return undefined;
}

/** A budget as its columns say it. */
export function limitColumns(budget: Budget | undefined) {
  return {
    limit_nano: budget === undefined ? null : nanoUsd(budget.usd),
    warn_at: budget?.warn_at ?? DEFAULT_WARN_AT,
    on_crossing: budget?.on_crossing ?? 'pause',
    degrade_to: budget?.degrade_to ?? null,
  };
}

export const DEFAULT_WARN_AT = 0.8;
