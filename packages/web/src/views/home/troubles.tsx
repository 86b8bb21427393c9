import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useOpenCircuits } from '../../data/circuits.ts';
import { useSpentBudgets } from '../../data/money.ts';
import { failingTasks } from '../../logic/failing-tasks.ts';
import { usd } from '../../logic/phases.ts';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { HOME_WORDS as words } from '../../words-home.ts';
import { Card } from './home-cards.tsx';
import { useFailuresOfTasks } from './use-late-failures.ts';

const SHOWN = 5;
const TASKS_SHOWN = 4;

/** What is wrong beyond single runs: tasks that fail, targets that are not called, money that is gone. */
export function Troubles() {
  const { data: circuits } = useOpenCircuits(SHOWN);
  const { data: budgets } = useSpentBudgets(SHOWN);
  const { data: failed } = useFailuresOfTasks();
  const tasks = failingTasks(failed?.items ?? []);
  const total = tasks.length + (circuits?.items.length ?? 0) + (budgets?.items.length ?? 0);
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
        {beyond(circuits) > 0 && (
          <Line kind={words.circuit}>
            <Link to="/system/circuits">{words.more(beyond(circuits))}</Link>
          </Line>
        )}
        {budgets?.items.map(({ budget_id: id, scope, subject, spent_usd: spent, usd: limit }) => (
          <Line key={id} kind={words.budget} aside={words.budgetText(usd(spent), usd(limit))}>
            <Link to="/system/budgets" className="grow cut">
              {scope} {subject}
            </Link>
          </Line>
        ))}
        {beyond(budgets) > 0 && (
          <Line kind={words.budget}>
            <Link to="/system/budgets">{words.more(beyond(budgets))}</Link>
          </Line>
        )}
        {tasks.slice(0, TASKS_SHOWN).map(({ taskId, name, failures, last }) => (
          <Line key={taskId} kind={words.task} aside={<When at={last} />}>
            <Link to="/tasks/$taskId" params={{ taskId }} className="grow cut">
              {name} <span className="dim">{words.taskText(failures, isCut(failed))}</span>
            </Link>
          </Line>
        ))}
        <OtherTasks count={tasks.length - TASKS_SHOWN} failed={failed} />
      </ul>
    </Card>
  );
}

interface Listed {
  readonly items: readonly unknown[];
  readonly total: number;
}

/** How many there are beside those that were read. */
const beyond = (list: Listed | undefined) =>
  list === undefined ? 0 : list.total - list.items.length;
const isCut = (list: Listed | undefined) => beyond(list) > 0;

interface OtherProps {
  readonly count: number;
  readonly failed: Listed | undefined;
}

/** Tasks that fail and are not shown; with more failures than were read there may be others still. */
function OtherTasks({ count, failed }: OtherProps) {
  if (count <= 0 && !isCut(failed)) return null;
  const search = { kind: 'task', status: 'failed,timeout,aborted', since: '24h' } as const;
  return (
    <Line kind={words.task}>
      <Link to="/runs" search={search}>
        {isCut(failed)
          ? words.moreTasks(Math.max(0, count), failed?.total ?? 0)
          : words.more(count)}
      </Link>
    </Line>
  );
}

interface LineProps {
  readonly kind: string;
  readonly aside?: ReactNode;
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
