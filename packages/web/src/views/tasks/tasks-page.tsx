import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../data/scopes.ts';
import { useFailingCount, useTasks } from '../../data/tasks.ts';
import { count } from '../../logic/format.ts';
import { isNarrowing } from '../../logic/strict-search.ts';
import { type TaskFilters, taskQueryOf } from '../../logic/task-filters.ts';
import { useListKeys } from '../../ui/list-keys.ts';
import { Empty } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { TASK_WORDS as words } from '../../words-task.ts';
import { BulkBar } from './bulk-bar.tsx';
import { TaskFilterBar } from './task-filter-bar.tsx';
import { TaskTable } from './task-table.tsx';
import './tasks.css';

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
      <TaskFilterBar filters={filters} change={change} />
      <List filters={filters} clear={() => change({})} />
    </Page>
  );
}

interface ListProps {
  readonly filters: TaskFilters;
  readonly clear: () => void;
}

function List({ filters, clear }: ListProps) {
  const pages = useTasks(taskQueryOf(filters));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  useListKeys('.task-link');
  const isFiltered = isNarrowing(filters);
  return (
    <Paged pages={pages} empty={isFiltered ? <NoMatch clear={clear} /> : <NoTask />}>
      {(tasks, total) => {
        const chosen = tasks.filter((task) => selected.has(task.task_id));
        return (
          <>
            <BulkBar chosen={chosen} clear={() => setSelected(new Set())}>
              <Found total={total} />
            </BulkBar>
            <TaskTable tasks={tasks} selected={selected} select={setSelected} />
          </>
        );
      }}
    </Paged>
  );
}

/** How many there are, and how many of all of them fail. */
function Found({ total }: { readonly total: number }) {
  const { data: failing = 0 } = useFailingCount();
  return (
    <p className="dim">
      {words.found(count(total))}
      {failing > 0 && (
        <>
          {' · '}
          <span className="tone-red">{words.failingCount(failing)}</span>
        </>
      )}
    </p>
  );
}

function NoMatch({ clear }: Pick<ListProps, 'clear'>) {
  return (
    <Empty title={words.noMatch}>
      <Button variant="default" onClick={clear}>
        {words.clear}
      </Button>
    </Empty>
  );
}

function NoTask() {
  const may = useMay();
  return (
    <Empty title={words.empty} text={words.emptyText} example={words.emptyExample}>
      {may('tasks:create') && (
        <Button component={Link} to="/tasks/new">
          {words.create}
        </Button>
      )}
    </Empty>
  );
}
