import {
  BUDGET_RULE_SCOPES,
  type BudgetRuleScope,
  CROSSINGS,
  type Spending,
  type StoredBudget,
} from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { MissingError, UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command, Session } from './command.ts';
import { PAGE, readCount, showList } from './listing.ts';
import { readUsd } from './prices.ts';

/** `tenuto budgets ls`: what all runs of a task or a profile may cost, and have. */
export const listBudgets: Command<[options: { readonly limit: string }]> = async (
  session,
  { limit: written },
) => {
  const limit = readCount(written);
  const listing = session.client().budgets.list({ limit: Math.min(limit, PAGE) });
  return showList(session, { listing, limit }, (budgets) =>
    tableLines(
      ['OF', 'WHICH', 'SPENT', 'UNDER WAY', 'LIMIT', 'THEN', 'OWNER'],
      budgets.map((budget) => [
        budget.scope,
        truncate(printable(budget.subject), 40),
        usd(budget.spent_usd),
        usd(budget.reserved_usd),
        usd(budget.usd),
        budget.on_crossing,
        truncate(printable(budget.owner), 30),
      ]),
    ),
  );
};

/** `tenuto budgets spent`: what models have cost, the dearest first. */
export const showSpending: Command<[options: { readonly days: string }]> = async (
  { output, client },
  { days: written },
) => {
  const days = readCount(written, 'A count of days');
  const spending = await client().budgets.spending({ days });
  output.result(spending, () => [
    `${usd(spending.total_usd)} in ${days === 1 ? 'one day' : `${days} days`}`,
    ...(spending.models.length === 0 ? [] : modelLines(spending)),
  ]);
  return EXIT.ok;
};

function modelLines({ models }: Spending): readonly string[] {
  return tableLines(
    ['MODEL', 'CALLS', 'COST', 'LAST DAY'],
    models.map(({ model, calls, cost_usd: cost, per_day: days }) => [
      ...[truncate(printable(model), 60), String(calls), usd(cost), days.at(-1)?.day ?? ''],
    ]),
  );
}

export interface BudgetOptions {
  /** In percent of the limit. */
  readonly warnAt?: string;
  readonly then?: string;
  readonly degradeTo?: string;
}

type Named = [scope: string, subject: string];

/** `tenuto budgets set task|profile SUBJECT USD`: a new one, or another limit; the rest stays. */
export const setBudget: Command<[...Named, usd: string, options: BudgetOptions]> = async (
  session,
  scopeText,
  subject,
  amount,
  { warnAt, then, degradeTo },
) => {
  const { budgets } = session.client();
  const scope = readScope(scopeText);
  const present = await find(session, scope, subject);
  const cheaper = degradeTo ?? present?.degrade_to ?? undefined;
  const body = {
    usd: readUsd(amount, 'A budget'),
    warn_at:
      warnAt === undefined ? (present?.warn_at ?? 0.8) : readCount(warnAt, '--warn-at') / 100,
    on_crossing: then === undefined ? (present?.on_crossing ?? 'pause') : readCrossing(then),
    ...(cheaper !== undefined && { degrade_to: cheaper }),
  };
  const budget =
    present === undefined
      ? await budgets.create({ scope, subject, ...body })
      : await budgets.replace(present.budget_id, body, { version: present.version });
  session.output.result(budget, () => [lineOf(budget)]);
  return EXIT.ok;
};

/** `tenuto budgets rm task|profile SUBJECT`. */
export const removeBudget: Command<Named> = async (session, scopeText, subject) => {
  const scope = readScope(scopeText);
  const present = await find(session, scope, subject);
  if (present === undefined) {
    throw new MissingError(`The ${scope} "${printable(subject)}" has no budget of yours.`);
  }
  const budget = await session.client().budgets.remove(present.budget_id);
  session.output.result(budget, () => [
    `Runs of the ${scope} ${printable(subject)} are held by no budget of it any more.`,
  ]);
  return EXIT.ok;
};

async function find(
  { client }: Session,
  scope: BudgetRuleScope,
  subject: string,
): Promise<StoredBudget | undefined> {
  for await (const budget of client().budgets.list({ scope, limit: PAGE })) {
    if (budget.subject === subject) return budget;
  }
  return undefined;
}

function readScope(text: string): BudgetRuleScope {
  const scope = BUDGET_RULE_SCOPES.find((one) => one === text);
  if (scope !== undefined) return scope;
  throw new UsageError(`A budget is of a task or a profile; not of a "${printable(text)}".`);
}

function readCrossing(text: string): StoredBudget['on_crossing'] {
  const crossing = CROSSINGS.find((one) => one === text);
  if (crossing !== undefined) return crossing;
  throw new UsageError(`--then is ${CROSSINGS.join(', ')}; "${printable(text)}" is not.`);
}

function lineOf({ scope, subject, usd: limit, spent_usd: spent, on_crossing: then }: StoredBudget) {
  const held = `${usd(spent)} of ${usd(limit)} spent; then: ${then}`;
  return `All runs of the ${scope} ${printable(subject)}: ${held}`;
}

function usd(amount: number): string {
  return `$${amount.toFixed(2)}`;
}
