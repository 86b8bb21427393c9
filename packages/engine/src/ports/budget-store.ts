import type { Budget, BudgetRuleScope, BudgetScope, Crossing } from '@tenuto/contract';
import type { AuditEntry, Idempotency } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';

/** A budget as it stands; amounts in nano-USD. */
export interface BudgetAccount {
  readonly scope: BudgetScope;
  /** The phase, task, profile, month or day; null of a run. */
  readonly subject: string | null;
  /** Null: no limit. */
  readonly limit: number | null;
  readonly spent: number;
  /** What calls that are going on are expected to cost. */
  readonly reserved: number;
  readonly warnAt: number;
  readonly warned: boolean;
  readonly onCrossing: Crossing;
}

/** What all runs of a task or a profile may cost, as their owner has set it. */
export interface BudgetRuleRecord {
  readonly budgetId: string;
  readonly scope: BudgetRuleScope;
  readonly subject: string;
  readonly owner: string;
  readonly budget: Budget;
  readonly spent: number;
  readonly reserved: number;
  readonly warned: boolean;
  readonly updatedAt: number;
  readonly updatedBy: string;
  readonly version: number;
}

export interface NewBudgetRule {
  readonly owner: string;
  readonly scope: BudgetRuleScope;
  readonly subject: string;
  readonly budget: Budget;
  readonly idempotency?: Idempotency;
  /** Its subject is the id, which is made with the row. */
  readonly audit: AuditEntry;
}

export interface BudgetRuleChange {
  readonly budgetId: string;
  /** The version that the caller has read; any when absent. */
  readonly version?: number;
  readonly audit: AuditEntry;
}

/** A run's budget, or that of one of its phases, gets a higher limit. */
export interface BudgetRaise {
  readonly runId: string;
  readonly phase?: string;
  readonly limitNano: number;
  readonly reason?: string;
  readonly audit: AuditEntry;
}
/** `lower`: it is not above the present limit. `over`: the run has ended. */
export type RaiseResult =
  | { readonly state: 'raised'; readonly resolved: readonly string[] }
  | { readonly state: 'lower'; readonly limit: number }
  | { readonly state: 'over' }
  | { readonly state: 'missing' };

/** What the API asks of the store about budgets; throws as {@link JobStore} does. */
export interface BudgetFilter {
  readonly scope?: BudgetRuleScope;
  /** Whether nothing is left of it. */
  readonly isSpent?: boolean;
}

export interface BudgetStore {
  /** Sets the limit, and lets the run's nodes that wait for money go on, in one transaction. */
  raise(access: Access, raise: BudgetRaise): Promise<RaiseResult>;
  /** Those of a run and its phases, as far as they have been spent from. */
  ofRun(runId: string): Promise<readonly BudgetAccount[]>;
  /** What a principal has spent this month and today. */
  ofPrincipal(principal: string): Promise<{ readonly month: number; readonly day: number }>;
  create(rule: NewBudgetRule): Promise<{ readonly budgetId: string } | 'taken' | 'duplicate'>;
  find(access: Access, budgetId: string): Promise<BudgetRuleRecord | undefined>;
  /** Newest first. */
  list(
    access: Access,
    filter: BudgetFilter,
    page: PageRequest<string>,
  ): Promise<Page<BudgetRuleRecord>>;
  change(
    access: Access,
    change: BudgetRuleChange & { readonly budget: Budget },
  ): Promise<'changed' | 'stale' | 'missing'>;
  remove(access: Access, change: BudgetRuleChange): Promise<'removed' | 'stale' | 'missing'>;
}
