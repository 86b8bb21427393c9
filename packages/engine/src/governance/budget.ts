/**
 * Whether a call may begin. Each call has an upper bound U of its price, which it never exceeds, and
 * an expected price E. Of a budget with a limit, what is settled and what is in flight are known. A
 * call j may begin iff
 *
 *   (a) spent + sum(E in flight) + E_j <= limit, and
 *   (b) spent + sum(U of all in flight and j) - max(U of all in flight and j) <= limit.
 *
 * By (b), at the moment j begins, everything but one call fits into the limit even if all cost as
 * much as they can: so whatever they cost, the total passes the limit by less than one call does. A
 * settled call costs at most its U, so this holds at every later moment too. With nothing in flight
 * (b) follows from (a), so a call either fits then or never will: nobody waits for nothing.
 */

/** A budget as it stands; amounts in nano-USD. */
export interface BudgetState {
  /** Null: no limit. */
  readonly limit: number | null;
  readonly spent: number;
  /** Of calls that are going on: the sums of E and of U, and the largest U. */
  readonly expected: number;
  readonly upper: number;
  readonly upperMost: number;
}

export interface CallPrice {
  readonly expected: number;
  readonly upper: number;
}

/** `wait`: it fits once what is going on has been settled, as things stand. */
export type BudgetVerdict = 'fits' | 'wait' | 'over';

/** What one budget says to a call. */
export function judgeCall(budget: BudgetState, call: CallPrice): BudgetVerdict {
  const { limit, spent, expected, upper, upperMost } = budget;
  if (limit === null) return 'fits';
  if (spent + call.expected > limit) return 'over';
  const most = Math.max(upperMost, call.upper);
  const fits =
    spent + expected + call.expected <= limit && spent + upper + call.upper - most <= limit;
  return fits ? 'fits' : 'wait';
}

/**
 * What all budgets of a call say together: each must let it pass. One that is over stands in the way
 * before one that may only be waited for.
 * @param budgets innermost first
 */
export function judgeNested<Budget extends BudgetState>(
  budgets: readonly Budget[],
  call: CallPrice,
): { readonly verdict: 'fits' } | { readonly verdict: 'wait' | 'over'; readonly budget: Budget } {
  let waited: Budget | undefined;
  for (const budget of budgets) {
    const verdict = judgeCall(budget, call);
    if (verdict === 'over') return { verdict, budget };
    if (verdict === 'wait') waited ??= budget;
  }
  return waited === undefined ? { verdict: 'fits' } : { verdict: 'wait', budget: waited };
}

/** From how much on a budget is nearly used up. */
export function isNearlySpent(
  budget: { readonly limit: number | null; readonly spent: number },
  warnAt: number,
): boolean {
  return budget.limit !== null && budget.spent >= budget.limit * warnAt;
}
