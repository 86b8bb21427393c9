import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useHome } from '../../data/home.ts';
import { usd } from '../../logic/phases.ts';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { HOME_WORDS as words } from '../../words-home.ts';
import { Card } from './home-cards.tsx';

const NONE = { items: [], total: 0 };

/** What is wrong beyond single runs: targets that are not called, money that is gone, tasks that fail. */
export function Troubles() {
  const { data } = useHome();
  const circuits = data?.circuits ?? NONE;
  const budgets = data?.budgets ?? NONE;
  const tasks = data?.failing_tasks ?? NONE;
  const total = circuits.total + budgets.total + tasks.total;
  if (total === 0) return null;
  return (
    <Card title={words.troubles} className="card-wrong">
      <ul className="home-list">
        {circuits.items.map(({ key, owner, open_until: until }) => (
          <Line key={`${owner} ${key}`} kind={words.circuit} aside={<When at={until} />}>
            <Link to="/system/circuits" className="grow cut">
              {key} <span className="dim">{until !== null && words.circuitText}</span>
            </Link>
          </Line>
        ))}
        <More kind={words.circuit} of={circuits} to="/system/circuits" />
        {budgets.items.map(({ budget_id: id, scope, subject, spent_usd: spent, usd: limit }) => (
          <Line key={id} kind={words.budget} aside={words.budgetText(usd(spent), usd(limit))}>
            <Link to="/system/budgets" className="grow cut">
              {scope} {subject}
            </Link>
          </Line>
        ))}
        <More kind={words.budget} of={budgets} to="/system/budgets" />
        {tasks.items.map(({ task_id: taskId, title, failures, last_failed_at: last }) => (
          <Line
            key={taskId}
            kind={words.task}
            aside={
              <>
                {words.taskFailed(failures)} · <When at={last} />
              </>
            }
          >
            <Link to="/tasks/$taskId" params={{ taskId }} className="grow cut">
              {title}
            </Link>
          </Line>
        ))}
        <More kind={words.task} of={tasks} to="/runs" search={FAILED_OF_TASKS} />
      </ul>
    </Card>
  );
}

const FAILED_OF_TASKS = { kind: 'task', status: 'failed,timeout,aborted', since: '24h' } as const;

interface MoreProps {
  readonly kind: string;
  readonly of: { readonly items: readonly unknown[]; readonly total: number };
  readonly to: '/system/circuits' | '/system/budgets' | '/runs';
  readonly search?: typeof FAILED_OF_TASKS;
}

/** How many there are beside those that are shown. */
function More({ kind, of: { items, total }, to, search }: MoreProps) {
  const beyond = total - items.length;
  if (beyond <= 0) return null;
  return (
    <Line kind={kind}>
      <Link to={to} search={search ?? {}}>
        {words.more(beyond)}
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
