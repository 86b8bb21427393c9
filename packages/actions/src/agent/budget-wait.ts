import type { BlockingBudget } from '@tenuto/engine';
import { stop } from './failure.ts';
import { AGENT_LIMITS } from './limits.ts';
import type { AgentSession } from './session.ts';
import { usd } from './usd.ts';

/** How far a budget is used up, for people. */
export function spent({ scope, limitNanoUsd, spentNanoUsd }: BlockingBudget): string {
  return `Of the budget of the ${scope}, ${usd(limitNanoUsd)}, ${usd(spentNanoUsd)} is spent`;
}

/** Others have calls under way: once they are settled, the budget tells whether there is room. */
export class BudgetWait {
  readonly #session: AgentSession;
  #waitedMs = 0;
  #nextMs: number = AGENT_LIMITS.budgetFirstMs;

  constructor(session: AgentSession) {
    this.#session = session;
  }

  async once(budget: BlockingBudget): Promise<void> {
    if (this.#waitedMs === 0) this.#session.say(`${spent(budget)}: waits for calls under way.`);
    if (this.#waitedMs > AGENT_LIMITS.budgetGiveUpMs) {
      const message = `${spent(budget)}, and calls that may cross it have not ended.`;
      throw stop('transient', 'budget_wait', message);
    }
    await this.#session.pause(this.#nextMs);
    this.#waitedMs += this.#nextMs;
    this.#nextMs = Math.min(this.#nextMs * 2, AGENT_LIMITS.budgetMostMs);
  }
}
