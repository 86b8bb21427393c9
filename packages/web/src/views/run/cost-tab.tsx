import type { RunDetail, RunMetrics } from '@tenuto/contract';
import type { ReactNode } from 'react';
import { useRunMetrics } from '../../data/artifacts.ts';
import { count, duration } from '../../logic/format.ts';
import { usd } from '../../logic/phases.ts';
import { Amount } from '../../ui/amount.tsx';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { PHASED_WORDS } from '../../words-phased.ts';
import { Budgets } from './budget-bars.tsx';
import { RaiseBudget } from './raise-budget.tsx';
import './phased.css';

const words = PHASED_WORDS.cost;
const SECOND_MS = 1_000;

/** What a run has cost, against what it may, and what is still to come. */
export function CostTab({ run }: { readonly run: RunDetail }) {
  const { data, error, refetch } = useRunMetrics(run.run_id);
  if (data === undefined) {
    return error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />;
  }
  const calls = data.models_metrics.reduce((sum, model) => sum + model.calls, 0);
  return (
    <div className="stack">
      <div className="halves">
        <section className="card">
          <header>
            <h2>{words.total}</h2>
          </header>
          <div className="card-body stack">
            <SpendFacts metrics={data} />
            {data.warnings.map((warning) => (
              <p key={warning} className="tone-amber">
                {warning}
              </p>
            ))}
          </div>
        </section>
        <section className="card">
          <header>
            <h2 className="grow">{words.budgets}</h2>
            <RaiseBudget runId={run.run_id} />
          </header>
          <div className="card-body">
            <Budgets budgets={data.budgets} />
          </div>
        </section>
      </div>
      {calls === 0 ? <Empty title={words.free} text={words.freeText} /> : <Tables metrics={data} />}
    </div>
  );
}

/** What was spent, and the projection, in a line. */
export function SpendFacts({ metrics }: { readonly metrics: RunMetrics }) {
  const { projection: left, total_token_usage: tokens, unknown_calls: unknown } = metrics;
  return (
    <>
      <dl className="facts">
        <div>
          <dt>{words.total}</dt>
          <dd>
            <strong>
              <Amount cost={metrics.total_cost_usd} recorded={metrics.total_recorded_cost_usd} />
            </strong>
          </dd>
        </div>
        <div>
          <dt>{words.tokens}</dt>
          <dd>{count(tokens.total)}</dd>
        </div>
        {left.remaining_cost_usd !== null && left.basis !== 'over' && (
          <div>
            <dt>{words.left}</dt>
            <dd>
              {usd(left.remaining_cost_usd)}{' '}
              <span className="dim">{words.basis[left.basis](left.runs)}</span>
            </dd>
          </div>
        )}
        {left.remaining_seconds !== null && left.basis !== 'over' && (
          <div>
            <dt>{words.leftTime}</dt>
            <dd>{duration(left.remaining_seconds * SECOND_MS)}</dd>
          </div>
        )}
      </dl>
      {unknown.count > 0 && (
        <p className="tone-amber">{words.unknown(unknown.count, usd(unknown.expected_cost_usd))}</p>
      )}
    </>
  );
}

function Tables({ metrics }: { readonly metrics: RunMetrics }) {
  return (
    <>
      {metrics.phases_metrics.length > 0 && (
        <SpendTable title={words.byPhase} of={words.phase}>
          {metrics.phases_metrics.map((row) => (
            <SpendRow key={row.phase} name={row.phase} row={row} />
          ))}
        </SpendTable>
      )}
      <SpendTable title={words.byAgent} of={words.agent}>
        {metrics.agents_metrics.map((row) => (
          <SpendRow
            key={`${row.phase} ${row.agent} ${row.model}`}
            name={row.agent}
            about={row.phase ?? row.model}
            row={row}
          />
        ))}
      </SpendTable>
      <SpendTable title={words.byModel} of={words.model}>
        {metrics.models_metrics.map((row) => (
          <SpendRow key={row.model} name={row.model} row={row} />
        ))}
      </SpendTable>
    </>
  );
}

interface TableProps {
  readonly title: string;
  readonly of: string;
  readonly children: ReactNode;
}

function SpendTable({ title, of, children }: TableProps) {
  const numbers = [words.calls, words.input, words.output, words.duration, words.total];
  return (
    <section className="card">
      <header>
        <h2>{title}</h2>
      </header>
      <div className="table-scroll">
        <table className="table table-cards spend">
          <thead>
            <tr>
              <th>{of}</th>
              {numbers.map((name) => (
                <th key={name}>{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
    </section>
  );
}

interface RowProps {
  readonly name: string;
  readonly about?: string;
  readonly row: Pick<
    RunMetrics['models_metrics'][number],
    'calls' | 'cost_usd' | 'recorded_cost_usd' | 'token_usage'
  > & {
    readonly duration_seconds?: number | null;
  };
}

function SpendRow({ name, about, row }: RowProps) {
  const { token_usage: tokens, duration_seconds: seconds } = row;
  return (
    <tr>
      <td className="first">
        {name} {about !== undefined && <span className="dim">{about}</span>}
      </td>
      <td data-label={words.calls}>{count(row.calls)}</td>
      <td data-label={words.input}>
        {count(tokens.input)}
        {tokens.cached > 0 && (
          <span className="dim">
            {' '}
            · {count(tokens.cached)} {words.cached}
          </span>
        )}
      </td>
      <td data-label={words.output}>
        {count(tokens.output)}
        {tokens.reasoning > 0 && (
          <span className="dim">
            {' '}
            · {count(tokens.reasoning)} {words.reasoning}
          </span>
        )}
      </td>
      <td data-label={words.duration}>
        {seconds === undefined || seconds === null ? '–' : duration(seconds * SECOND_MS)}
      </td>
      <td data-label={words.total}>
        <Amount cost={row.cost_usd} recorded={row.recorded_cost_usd} />
      </td>
    </tr>
  );
}
