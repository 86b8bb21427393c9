import type { ModelSpending } from '@tenuto/contract';
import { now } from '../../data/clock.ts';
import { useSpending } from '../../data/money.ts';
import { lastDays } from '../../logic/days.ts';
import { count, percent } from '../../logic/format.ts';
import { usd } from '../../logic/phases.ts';
import { Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { type Column, ThingTable } from '../../ui/thing-table.tsx';
import { MONEY_WORDS as words } from '../../words-money.ts';
import './money.css';

const DAYS = 30;
const BAR = { width: 5, gap: 1, height: 22 } as const;

/** What models have cost lately: each with its days. */
export function SpendingByModel() {
  const { data, error, refetch } = useSpending(DAYS);
  return (
    <section className="card">
      <header>
        <h2>{words.spending}</h2>
        <span className="dim grow">{words.spendingText}</span>
        {data !== undefined && <strong className="num">{usd(data.total_usd)}</strong>}
      </header>
      {data === undefined && error === null && <Waiting rows={2} />}
      {data === undefined && error !== null && (
        <Failure error={error} again={() => void refetch()} />
      )}
      {data?.models.length === 0 && <p className="card-body dim">{words.noSpending}</p>}
      {data !== undefined && data.models.length > 0 && (
        <ThingTable
          label={words.spending}
          items={data.models}
          keyOf={({ model }) => model}
          columns={columnsOf(data)}
        />
      )}
    </section>
  );
}

interface All {
  readonly total_usd: number;
  readonly models: readonly ModelSpending[];
}

function columnsOf({ total_usd: total, models }: All): readonly Column<ModelSpending>[] {
  // One scale for all, so that bars of different models can be compared.
  const most = Math.max(0, ...models.flatMap((one) => one.per_day.map((day) => day.cost_usd)));
  return [
    { head: words.model, first: true, cell: ({ model }) => <code>{model}</code> },
    { head: words.days(DAYS), cell: (of) => <Days of={of} most={most} /> },
    { head: words.calls, num: true, cell: ({ calls }) => count(calls) },
    { head: words.cost, num: true, cell: ({ cost_usd: cost }) => usd(cost) },
    {
      ...{ head: words.share, num: true },
      cell: ({ cost_usd: cost }) => (total > 0 ? percent(cost / total) : '–'),
    },
  ];
}

function Days({ of, most }: { readonly of: ModelSpending; readonly most: number }) {
  const costs = new Map(of.per_day.map((day) => [day.day, day.cost_usd]));
  const step = BAR.width + BAR.gap;
  return (
    <svg
      className="spending-days"
      width={DAYS * step}
      height={BAR.height}
      role="img"
      aria-label={words.daysOf(of.model, of.per_day.length)}
    >
      {lastDays({ days: DAYS, now: now() }).map((day, index) => {
        const cost = costs.get(day);
        const height = heightOf(cost, most);
        return (
          <rect
            key={day}
            className={cost === undefined ? 'none' : ''}
            {...{ x: index * step, y: BAR.height - height, width: BAR.width, height }}
          >
            <title>{`${day}: ${usd(cost ?? 0)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}

/** A day with calls is seen, however little they cost. */
function heightOf(cost: number | undefined, most: number): number {
  if (cost === undefined || most === 0) return cost === undefined ? 1 : 2;
  return Math.max(2, (cost / most) * BAR.height);
}
