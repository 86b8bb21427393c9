import { type Budget, type BudgetRuleScope, CROSSINGS } from '@tenuto/contract';
import {
  type Access,
  type BudgetAccount,
  type BudgetRuleChange,
  type BudgetRuleRecord,
  type BudgetStore,
  type NewBudgetRule,
  usdOf,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { budgetKeysOf } from './budget-keys.ts';
import { raiseBudget } from './budget-raise.ts';
import { BUDGET_COLUMNS, type BudgetRow, limitColumns } from './budget-rows.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { freshPart } from './idempotency.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';
import { uniqueViolation } from './unique-violation.ts';

const SUBJECT_INDEX = 'budget_rules_subject';

export function createBudgetStore(db: Database): BudgetStore {
  return {
    raise: (access, raise) => raiseBudget(db, access, raise),
    ofRun: (runId) => budgetsOfRun(db, runId),
    ofPrincipal: (principal) => spentBy(db, principal),
    create: (rule) => createRule(db, rule),
    async find(access, budgetId) {
      const given = parameters();
      const where = `r.rule_id = ${given.add(budgetId)} and ${reachable(access, given)}`;
      const rows = await ask<RuleRow>(
        db,
        `select ${COLUMNS} from ${FROM} where ${where}`,
        given.values,
      );
      return rows.map(recordOf)[0];
    },
    list(access, { scope, isSpent }, page) {
      const given = parameters();
      const where = [reachable(access, given)];
      if (scope !== undefined) where.push(`r.scope = ${given.add(scope)}`);
      if (isSpent !== undefined) {
        where.push(`(coalesce(b.spent_nano, 0) >= r.limit_nano) = ${given.add(isSpent)}::boolean`);
      }
      const counted = isSpent === undefined ? 'budget_rules r' : FROM;
      return pageOf<RuleRow, BudgetRuleRecord>(db, {
        ...{ columns: COLUMNS, from: FROM, counted, where, key: ['r.rule_id'] },
        after: page.after === undefined ? undefined : [page.after],
        ...{ page, given, newestFirst: true, item: recordOf },
      });
    },
    change: (access, change) => changeRule(db, access, change),
    remove: (access, change) => removeRule(db, access, change),
  };
}

/** What is reserved in a budget `b`. */
const RESERVED = `coalesce((select sum(v.expected_nano) from reservations v
  where v.budget_key = b.budget_key), 0) as reserved_nano`;

async function budgetsOfRun(db: Database, runId: string): Promise<readonly BudgetAccount[]> {
  const rows = await ask<BudgetRow & { readonly reserved_nano: string }>(
    db,
    `select ${BUDGET_COLUMNS}, ${RESERVED} from budgets b where b.run_id = $1 order by b.budget_key`,
    [runId],
  );
  return rows.map((row) => ({
    scope: row.scope,
    subject: row.scope === 'run' ? null : row.subject,
    limit: row.limit_nano === null ? null : Number(row.limit_nano),
    spent: Number(row.spent_nano),
    reserved: Number(row.reserved_nano),
    ...{ warnAt: row.warn_at, warned: row.warned, onCrossing: crossingOf(row.on_crossing) },
  }));
}

async function spentBy(
  db: Database,
  principal: string,
): Promise<{ readonly month: number; readonly day: number }> {
  const keys = budgetKeysOf({ runId: '', owner: principal }, await today(db));
  const rows = await ask<{ scope: string; spent_nano: string }>(
    db,
    'select b.scope, b.spent_nano from budgets b where b.budget_key = any($1::text[])',
    [keys.slice(1).map(({ key }) => key)],
  );
  const spent = (scope: string) => Number(rows.find((row) => row.scope === scope)?.spent_nano ?? 0);
  return { month: spent('principal'), day: spent('day') };
}

async function today(db: Database): Promise<Date> {
  const [row] = await ask<{ now: Date }>(db, 'select clock_timestamp() as now');
  return row?.now ?? new Date(0);
}

const KEY = `case r.scope when 'task' then '3/task/' || r.subject
  else '4/profile/' || r.owner || '/' || r.subject end`;
const FROM = `budget_rules r left join budgets b on b.budget_key = ${KEY}`;
const COLUMNS = `r.rule_id, r.owner, r.scope, r.subject, r.limit_nano, r.warn_at, r.on_crossing,
  r.degrade_to, r.updated_at, r.updated_by, r.version, coalesce(b.spent_nano, 0) as spent_nano,
  b.warned_at is not null as warned, ${RESERVED}`;

interface RuleRow {
  readonly rule_id: string;
  readonly owner: string;
  readonly scope: BudgetRuleScope;
  readonly subject: string;
  readonly limit_nano: string;
  readonly warn_at: number;
  readonly on_crossing: string;
  readonly degrade_to: string | null;
  readonly updated_at: Date;
  readonly updated_by: string;
  readonly version: number;
  readonly spent_nano: string;
  readonly reserved_nano: string;
  readonly warned: boolean;
}

/** The rule, its idempotency key and its audit row, or none of them. */
async function createRule(
  db: Database,
  { owner, scope, subject, budget, idempotency, audit }: NewBudgetRule,
): ReturnType<BudgetStore['create']> {
  const given = parameters();
  const values = limitValues(budget, given);
  const text = `with ${freshPart({ owner, idempotency }, { names: 'budget' }, given)},
    made as (
      insert into budget_rules (rule_id, owner, scope, subject, limit_nano, warn_at, on_crossing,
        degrade_to, updated_by)
      select id, ${given.add(owner)}, ${given.add(scope)}, ${given.add(subject)},
        ${values.join(', ')}, ${given.add(audit.actor)} from fresh returning rule_id),
    audited as (${auditPart(audit, 'made', given, 'made.rule_id::text')})
    select rule_id from made`;
  try {
    const [row] = await ask<{ rule_id: string }>(db, text, given.values);
    return row === undefined ? 'duplicate' : { budgetId: row.rule_id };
  } catch (error) {
    if (uniqueViolation(error) === SUBJECT_INDEX) return 'taken';
    throw error;
  }
}

function limitValues(budget: Budget, given: Parameters): readonly string[] {
  const { limit_nano, warn_at, on_crossing, degrade_to } = limitColumns(budget);
  return [
    ...[`${given.add(limit_nano)}::bigint`, `${given.add(warn_at)}::real`],
    ...[`${given.add(on_crossing)}::text`, `${given.add(degrade_to)}::text`],
  ];
}

/** Another limit warns anew. */
async function changeRule(
  db: Database,
  access: Access,
  { budget, ...change }: BudgetRuleChange & { readonly budget: Budget },
): ReturnType<BudgetStore['change']> {
  const given = parameters();
  const [limit, warnAt, crossing, degradeTo] = limitValues(budget, given);
  const rows = await ask(
    db,
    `with changed as (
       update budget_rules r set limit_nano = ${limit}, warn_at = ${warnAt},
         on_crossing = ${crossing}, degrade_to = ${degradeTo}, updated_at = clock_timestamp(),
         updated_by = ${given.add(change.audit.actor)}, version = r.version + 1
       where ${conditions(access, change, given)} returning r.*),
     unwarned as (
       update budgets b set warned_at = null from changed r
       where b.budget_key = ${KEY} and b.warned_at is not null),
     audited as (${auditPart(change.audit, 'changed', given)})
     select 1 from changed`,
    given.values,
  );
  return rows.length > 0 ? 'changed' : staleOrMissing(db, access, change);
}

async function removeRule(
  db: Database,
  access: Access,
  change: BudgetRuleChange,
): ReturnType<BudgetStore['remove']> {
  const given = parameters();
  const rows = await ask(
    db,
    `with removed as (
       delete from budget_rules r where ${conditions(access, change, given)} returning 1),
     audited as (${auditPart(change.audit, 'removed', given)})
     select 1 from removed`,
    given.values,
  );
  return rows.length > 0 ? 'removed' : staleOrMissing(db, access, change);
}

function conditions(
  access: Access,
  { budgetId, version }: Pick<BudgetRuleChange, 'budgetId' | 'version'>,
  given: Parameters,
): string {
  const fresh = version === undefined ? '' : ` and r.version = ${given.add(version)}`;
  return `r.rule_id = ${given.add(budgetId)} and ${reachable(access, given)}${fresh}`;
}

async function staleOrMissing(
  db: Database,
  access: Access,
  { budgetId }: BudgetRuleChange,
): Promise<'stale' | 'missing'> {
  const given = parameters();
  const where = conditions(access, { budgetId }, given);
  const rows = await ask(db, `select 1 from budget_rules r where ${where}`, given.values);
  return rows.length > 0 ? 'stale' : 'missing';
}

function recordOf(row: RuleRow): BudgetRuleRecord {
  return {
    ...{ budgetId: row.rule_id, scope: row.scope, subject: row.subject, owner: row.owner },
    budget: {
      usd: usdOf(Number(row.limit_nano)),
      warn_at: Number(row.warn_at.toPrecision(SHARE_DIGITS)),
      on_crossing: crossingOf(row.on_crossing),
      ...(row.degrade_to !== null && { degrade_to: row.degrade_to }),
    },
    ...{ spent: Number(row.spent_nano), reserved: Number(row.reserved_nano), warned: row.warned },
    ...{ updatedAt: row.updated_at.getTime(), updatedBy: row.updated_by, version: row.version },
  };
}

/** What a `real` holds of a share. */
const SHARE_DIGITS = 6;

function crossingOf(word: string) {
  return CROSSINGS.find((crossing) => crossing === word) ?? 'pause';
}
