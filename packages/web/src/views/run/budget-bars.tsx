import type { BudgetStateView } from '@tenuto/contract';
import { percent } from '../../logic/format.ts';
import { spentShare, usd } from '../../logic/phases.ts';
import { Meter } from '../../ui/meter.tsx';
import { PHASED_WORDS } from '../../words-phased.ts';

const words = PHASED_WORDS.budget;

/** Each budget with how much of it is spent. */
export function Budgets({ budgets }: { readonly budgets: readonly BudgetStateView[] }) {
  const limited = budgets.filter(({ limit_usd: limit }) => limit !== null);
  if (limited.length === 0) return <p className="dim">{words.none}</p>;
  return (
    <ul className="budgets">
      {limited.map((budget) => (
        <Bar key={`${budget.scope} ${budget.subject}`} budget={budget} />
      ))}
    </ul>
  );
}

function Bar({ budget }: { readonly budget: BudgetStateView }) {
  const share = spentShare(budget) ?? 0;
  const name = budget.subject === null ? words.run : words.phase(budget.subject);
  return (
    <li>
      <span>
        {name} <span className="dim">{words.crossing[budget.on_crossing]}</span>
      </span>
      <Meter share={share} warned={budget.warned} />
      <span className="num">
        {usd(budget.spent_usd)} {words.of} {usd(budget.limit_usd ?? 0)} · {percent(share)}
      </span>
      {budget.warned && <span className="tone-amber">{words.warned}</span>}
      {budget.reserved_usd > 0 && (
        <span className="dim">{words.reserved(usd(budget.reserved_usd))}</span>
      )}
    </li>
  );
}
