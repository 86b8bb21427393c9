import { Button, Select, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { SCHEDULE_KINDS, TASK_STATUSES, type Task } from '@tenuto/contract';
import { useEffect, useState } from 'react';
import { after } from '../../data/clock.ts';
import { useMay } from '../../data/scopes.ts';
import { useTasks } from '../../data/tasks.ts';
import { count } from '../../logic/format.ts';
import { readTaskFilters, type TaskFilters, taskQueryOf } from '../../logic/task-filters.ts';
import { useListKeys } from '../../ui/list-keys.ts';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { statusWord, WORDS } from '../../words.ts';
import { TASK_WORDS as words } from '../../words-task.ts';
import './tasks.css';

const TYPING_MS = 300;

/** All tasks: what starts them, when next, what came of it last. */
export function TasksPage() {
  const filters = useSearch({ from: '/tasks' });
  const navigate = useNavigate();
  const may = useMay();
  const change = (next: TaskFilters) =>
    void navigate({ to: '/tasks', search: next, replace: true });
  return (
    <Page
      title={words.title}
      aside={
        <>
          <span className="grow" />
          {may('tasks:create') && (
            <Button component={Link} to="/tasks/new">
              {words.create}
            </Button>
          )}
        </>
      }
    >
      <Filters filters={filters} change={change} />
      <List filters={filters} clear={() => change({})} />
    </Page>
  );
}

interface FiltersProps {
  readonly filters: TaskFilters;
  readonly change: (next: TaskFilters) => void;
}

function Filters({ filters, change }: FiltersProps) {
  const [title, setTitle] = useState(filters.title ?? '');
  useEffect(() => {
    if (title === (filters.title ?? '')) return;
    return after(TYPING_MS, () => change(readTaskFilters({ ...filters, title })));
  });
  return (
    <search className="row">
      <TextInput
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        data-search
      />
      <Select
        aria-label={words.status}
        placeholder={words.status}
        data={TASK_STATUSES.map((value) => ({ value, label: statusWord(value) }))}
        value={filters.status ?? null}
        onChange={(status) => change(readTaskFilters({ ...filters, status }))}
        clearable
        w={120}
      />
      <Select
        aria-label={words.kind}
        placeholder={words.kind}
        data={SCHEDULE_KINDS.map((value) => ({ value, label: words.kinds[value] }))}
        value={filters.kind ?? null}
        onChange={(kind) => change(readTaskFilters({ ...filters, kind }))}
        clearable
        w={120}
      />
    </search>
  );
}

function List({ filters, clear }: { readonly filters: TaskFilters; readonly clear: () => void }) {
  const { data, error, refetch, hasNextPage, fetchNextPage } = useTasks(taskQueryOf(filters));
  useListKeys('.task-link');
  if (data === undefined) {
    return error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />;
  }
  const tasks = data.pages.flatMap((page) => page.items);
  if (tasks.length === 0 && Object.keys(filters).length > 0) {
    return (
      <Empty title={words.noMatch}>
        <Button variant="default" onClick={clear}>
          {words.clear}
        </Button>
      </Empty>
    );
  }
  if (tasks.length === 0) {
    return <Empty title={words.empty} text={words.emptyText} example={words.emptyExample} />;
  }
  return (
    <>
      <p className="dim">{words.found(count(data.pages[0]?.total ?? 0))}</p>
      <div className="card table-scroll">
        <table className="table table-cards">
          <thead>
            <tr>
              <th>{words.status}</th>
              <th>{words.name}</th>
              <th>{words.schedule}</th>
              <th>{words.next}</th>
              <th>{words.last}</th>
              <th>{words.fired}</th>
            </tr>
          </thead>
          <tbody>
            {tasks.map((task) => (
              <TaskRow key={task.task_id} task={task} />
            ))}
          </tbody>
        </table>
      </div>
      {hasNextPage && (
        <Button variant="default" onClick={() => void fetchNextPage()}>
          {WORDS.common.more}
        </Button>
      )}
    </>
  );
}

function TaskRow({ task }: { readonly task: Task }) {
  return (
    <tr>
      <td>
        <StatusMark status={task.status} />
      </td>
      <td className="first">
        <Link to="/tasks/$taskId" params={{ taskId: task.task_id }} className="task-link">
          {task.title}
        </Link>
      </td>
      <td>
        <span className="dim">{words.kinds[task.schedule_kind]} </span>
        {task.schedule_description ?? <code>{task.schedule_expr}</code>}
      </td>
      <td>
        <When at={task.next_fire_at} />
      </td>
      <td>
        <When at={task.last_fired_at} />
      </td>
      <td className="num">{count(task.fired_count)}</td>
    </tr>
  );
}
