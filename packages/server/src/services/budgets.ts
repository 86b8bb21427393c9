import {
  type Budget,
  type BudgetRuleScope,
  type BudgetStateView,
  formatTime,
  type List,
  type NewBudget,
  OrchestrationError,
  type RaisedBudget,
  type StoredBudget,
} from '@tenuto/contract';
import {
  type Access,
  type BudgetAccount,
  type BudgetRuleRecord,
  type BudgetStore,
  type JobStore,
  nanoUsd,
  usdOf,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { isPlainText } from '../http/text.ts';
import { makeOnce, readIdempotency } from './idempotency.ts';
import { auditOf, refuseStale, stale, wantedVersion } from './job-state.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';

/** What the services of budgets work with. */
export interface BudgetParts {
  readonly budgets: BudgetStore;
  readonly jobs: Pick<JobStore, 'submission'>;
  /** Says that the run's inbox has something new. */
  readonly engine: { poke(runId: string): void };
}

const WHAT = 'budgets';

export interface Raise {
  readonly runId: string;
  readonly usd: number;
  /** The budget of this phase; that of the run if absent. */
  readonly phase?: string | undefined;
  readonly reason?: string | undefined;
}

/**
 * Raises the budget of a run or a phase; what waits for money goes on, in the same transaction.
 * @throws OrchestrationError 404, 409 for a run that is over, 422 for a limit that is not higher
 */
export async function raiseBudget(
  { budgets, engine }: Pick<BudgetParts, 'budgets' | 'engine'>,
  caller: Caller,
  { runId: given, usd, phase, reason }: Raise,
): Promise<RaisedBudget> {
  const access = authorize(caller.principal, 'runs:write', WHAT);
  const runId = given.toLowerCase();
  const details = {
    usd,
    ...(phase !== undefined && { phase }),
    ...(reason !== undefined && { reason }),
  };
  const result = await budgets.raise(access, {
    ...{ runId, limitNano: nanoUsd(usd), audit: auditOf(caller, 'budget.raised', runId, details) },
    ...(phase !== undefined && { phase }),
    ...(reason !== undefined && { reason }),
  });
  if (result.state === 'missing') {
    throw new OrchestrationError('not_found', `There is no run ${given}.`);
  }
  if (result.state === 'over') {
    throw new OrchestrationError('conflict', 'The run is over: nothing is spent any more.', {
      runId,
    });
  }
  if (result.state === 'lower') {
    const message = `is not above the present limit of ${usdOf(result.limit)} USD`;
    throw new OrchestrationError('unprocessable', `/usd ${message}.`, {
      ...{ runId, validationErrors: [{ path: '/usd', message }] },
    });
  }
  engine.poke(runId);
  const accounts = await budgets.ofRun(runId);
  const scope = phase === undefined ? 'run' : 'phase';
  const account = accounts.find(
    (one) => one.scope === scope && (phase === undefined || one.subject === phase),
  );
  if (account === undefined) throw new Error('a budget was raised and is not there');
  return { run_id: runId, budget: budgetStateView(account), resolved: [...result.resolved] };
}

/** What a run, or one of its phases, has cost so far; in nano-USD. */
export function costReader({ ofRun }: Pick<BudgetStore, 'ofRun'>) {
  return async (runId: string, phase?: string): Promise<number> => {
    const scope = phase === undefined ? 'run' : 'phase';
    const accounts = await ofRun(runId);
    const of = accounts.find(
      (one) => one.scope === scope && (phase ?? one.subject) === one.subject,
    );
    return of?.spent ?? 0;
  };
}

export function budgetStateView(account: BudgetAccount): BudgetStateView {
  return {
    scope: account.scope,
    subject: account.subject,
    limit_usd: account.limit === null ? null : usdOf(account.limit),
    spent_usd: usdOf(account.spent),
    reserved_usd: usdOf(account.reserved),
    warn_at: shareOf(account.warnAt),
    warned: account.warned,
    on_crossing: account.onCrossing,
  };
}

/** What the database keeps of a share has six digits. */
function shareOf(share: number): number {
  return Number(share.toPrecision(6));
}

export interface BudgetQuery extends Paging {
  readonly scope?: BudgetRuleScope;
  readonly spent?: boolean;
}

/** Newest first. */
export async function listBudgets(
  { budgets }: BudgetParts,
  caller: Caller,
  { scope, spent, ...paging }: BudgetQuery,
): Promise<List<StoredBudget>> {
  const access = authorize(caller.principal, 'runs:read', WHAT);
  const request = pageRequest(paging, runKey);
  const filter = {
    ...(scope !== undefined && { scope }),
    ...(spent !== undefined && { isSpent: spent }),
  };
  const page = await budgets.list(access, filter, request);
  return listOf(page, request, {
    ...{ codec: runKey, key: (rule: BudgetRuleRecord) => rule.budgetId, item: budgetView },
  });
}

/** @throws OrchestrationError 404 */
export async function getBudget(
  parts: BudgetParts,
  caller: Caller,
  budgetId: string,
): Promise<StoredBudget> {
  const access = authorize(caller.principal, 'runs:read', WHAT);
  return budgetView(await findBudget(parts, access, budgetId));
}

/** @throws OrchestrationError 400, 409 when there is one for the same thing */
export async function createBudget(
  parts: BudgetParts,
  caller: Caller,
  { body, key }: { readonly body: NewBudget; readonly key: string | undefined },
): Promise<StoredBudget> {
  const access = authorize(caller.principal, 'runs:write', WHAT);
  const { owner } = access;
  const { scope, subject: written, ...budget } = body;
  const subject = subjectOf(scope, written);
  refuseDegradeToNothing(budget);
  const budgetId = await makeOnce(
    parts,
    { owner, idempotency: readIdempotency(key, ['budget', body]), what: 'budget' },
    {
      find: async (id) => (await parts.budgets.find(access, id))?.budgetId,
      async make(keyed) {
        const audit = auditOf(caller, 'budget.created', '', { ...body });
        const made = await parts.budgets.create({ owner, scope, subject, budget, ...keyed, audit });
        if (made === 'taken') {
          const detail = `There is a budget for the ${scope} ${subject}: change that one.`;
          throw new OrchestrationError('conflict', detail);
        }
        return made === 'duplicate' ? made : made.budgetId;
      },
    },
  );
  return budgetView(await findBudget(parts, access, budgetId));
}

interface Change {
  readonly budgetId: string;
  readonly ifMatch: string | undefined;
}

/**
 * Sets another limit; what was spent stays spent.
 * @throws OrchestrationError 400, 404, 412
 */
export async function replaceBudget(
  parts: BudgetParts,
  caller: Caller,
  { budgetId, ifMatch, body: budget }: Change & { readonly body: Budget },
): Promise<StoredBudget> {
  const access = authorize(caller.principal, 'runs:write', WHAT);
  refuseDegradeToNothing(budget);
  const present = await findBudget(parts, access, budgetId);
  refuseStale(present, ifMatch);
  const result = await parts.budgets.change(access, {
    ...{ budgetId: present.budgetId, ...wantedVersion(present, ifMatch), budget },
    audit: auditOf(caller, 'budget.updated', present.budgetId, { ...budget }),
  });
  const now = await findBudget(parts, access, budgetId);
  if (result === 'stale') throw stale(now);
  return budgetView(now);
}

/**
 * @returns the budget as it was
 * @throws OrchestrationError 404, 412
 */
export async function deleteBudget(
  parts: BudgetParts,
  caller: Caller,
  { budgetId, ifMatch }: Change,
): Promise<StoredBudget> {
  const access = authorize(caller.principal, 'runs:write', WHAT);
  const present = await findBudget(parts, access, budgetId);
  refuseStale(present, ifMatch);
  const { scope, subject } = present;
  const removed = await parts.budgets.remove(access, {
    ...{ budgetId: present.budgetId, ...wantedVersion(present, ifMatch) },
    audit: auditOf(caller, 'budget.deleted', present.budgetId, { scope, subject }),
  });
  if (removed === 'missing') throw noBudget(budgetId);
  if (removed === 'stale') throw stale(await findBudget(parts, access, budgetId));
  return budgetView(present);
}

const TASK_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function subjectOf(scope: BudgetRuleScope, written: string): string {
  const isOne = scope === 'task' ? TASK_ID.test(written) : isPlainText(written);
  if (!isOne) throw wrong('/subject', scope === 'task' ? 'is no id of a task' : 'is no name');
  return scope === 'task' ? written.toLowerCase() : written;
}

/** @throws OrchestrationError 400 for `degrade` without a model to go over to */
export function refuseDegradeToNothing(budget: Budget, path = ''): void {
  if (budget.on_crossing !== 'degrade' || budget.degrade_to !== undefined) return;
  throw wrong(`${path}/degrade_to`, 'is needed: it names the cheaper model');
}

function wrong(path: string, message: string): OrchestrationError {
  return new OrchestrationError('validation_failed', `${path} ${message}.`, {
    validationErrors: [{ path, message }],
  });
}

async function findBudget(
  { budgets }: BudgetParts,
  access: Access,
  budgetId: string,
): Promise<BudgetRuleRecord> {
  const found = await budgets.find(access, budgetId.toLowerCase());
  if (found === undefined) throw noBudget(budgetId);
  return found;
}

function noBudget(budgetId: string): OrchestrationError {
  return new OrchestrationError('not_found', `There is no budget ${budgetId}.`);
}

function budgetView(rule: BudgetRuleRecord): StoredBudget {
  const { usd, warn_at = 0.8, on_crossing = 'pause', degrade_to = null } = rule.budget;
  return {
    ...{ budget_id: rule.budgetId, scope: rule.scope, subject: rule.subject, owner: rule.owner },
    ...{ usd, warn_at, on_crossing, degrade_to },
    ...{ spent_usd: usdOf(rule.spent), reserved_usd: usdOf(rule.reserved), warned: rule.warned },
    ...{
      updated_at: formatTime(rule.updatedAt),
      updated_by: rule.updatedBy,
      version: rule.version,
    },
  };
}
