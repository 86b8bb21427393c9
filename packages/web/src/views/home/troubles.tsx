import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useOpenCircuits, useSpentBudgets } from '../../data/troubles.ts';
import { failingTasks } from '../../logic/failing-tasks.ts';
import { usd } from '../../logic/phases.ts';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { HOME_WORDS as words } from '../../words-home.ts';
import { Card } from './home-cards.tsx';
import { useLateFailures } from './use-late-failures.ts';

const TASKS_SHOWN = 4;

/** What is wrong beyond single runs: tasks that fail, targets that are not called, money that is gone. */
export function Troubles() {
  const { data: circuits } = useOpenCircuits();
  const { data: budgets } = useSpentBudgets();
  const { data: failed } = useLateFailures();
  const tasks = failingTasks(failed?.items ?? []).slice(0, TASKS_SHOWN);
  const total = tasks.length + (circuits?.items.length ?? 0) + (budgets?.length ?? 0);
  if (total === 0) return null;
  return (
    <Card title={words.troubles} className="card-wrong">
      <ul className="home-list">
        {circuits?.items.map(({ key, open_until: until }) => (
          <Line key={key} kind={words.circuit} aside={<When at={until} />}>
            <Link to="/system/circuits" className="grow cut">
              {key} <span className="dim">{until !== null && words.circuitText}</span>
            </Link>
          </Line>
        ))}
        {budgets?.map(({ budget_id: id, scope, subject, spent_usd: spent, usd: limit }) => (
          <Line key={id} kind={words.budget} aside={words.budgetText(usd(spent), usd(limit))}>
            <Link to="/system/budgets" className="grow cut">
              {scope} {subject}
            </Link>
          </Line>
        ))}
        {tasks.map(({ taskId, name, failures, last }) => (
          <Line key={taskId} kind={words.task} aside={<When at={last} />}>
            <Link to="/tasks/$taskId" params={{ taskId }} className="grow cut">
              {name} <span className="dim">{words.taskText(failures)}</span>
            </Link>
          </Line>
        ))}
      </ul>
    </Card>
  );
}

interface LineProps {
  readonly kind: string;
  readonly aside: ReactNode;
  readonly children: ReactNode;
}

function Line({ kind, aside, children }: LineProps) {
  return (
    <li>
      <StatusMark status="failed" bare />
      <span className="home-kind">{kind}</span>
      {children}
      <span className="dim num">{aside}</span>
    </li>
  );
}
