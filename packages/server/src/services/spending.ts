import { formatTime, type ModelSpending, type Spending } from '@tenuto/contract';
import { type Clock, type DaySpending, type MetricsStore, usdOf } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';

export interface SpendingParts {
  readonly metrics: Pick<MetricsStore, 'spending'>;
  readonly clock: Pick<Clock, 'wall'>;
}

const DAYS = 30;
const DAY_MS = 86_400_000;

/** What models have cost lately, by day. */
export async function readSpending(
  { metrics, clock }: SpendingParts,
  caller: Caller,
  { days = DAYS }: { readonly days?: number },
): Promise<Spending> {
  const access = authorize(caller.principal, 'runs:read', 'spending');
  const first = formatTime(clock.wall() - (days - 1) * DAY_MS).slice(0, 10);
  const rows = await metrics.spending(access, Date.parse(first));
  const total = rows.reduce((sum, { costNano }) => sum + costNano, 0);
  const models = [...Map.groupBy(rows, ({ model }) => model)].map(ofModel);
  const dearest = models.toSorted((a, b) => b.cost_usd - a.cost_usd || b.calls - a.calls);
  return { days, total_usd: usdOf(total), models: dearest };
}

function ofModel([model, rows]: readonly [string, readonly DaySpending[]]): ModelSpending {
  return {
    model,
    calls: rows.reduce((sum, { calls }) => sum + calls, 0),
    cost_usd: usdOf(rows.reduce((sum, { costNano }) => sum + costNano, 0)),
    per_day: rows.map(({ day, calls, costNano }) => ({ day, calls, cost_usd: usdOf(costNano) })),
  };
}
