import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Task } from '@tenuto/contract';
import { useState } from 'react';
import { useCreateTask, useTask } from '../../data/tasks.ts';
import { draftOf, firstDraft, type TaskDraft } from '../../logic/task-draft.ts';
import type { NewTaskSearch } from '../../logic/task-filters.ts';
import { Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { tell } from '../../ui/toasts.ts';
import { TASK_FORM_WORDS as words } from '../../words-task-form.ts';
import { TaskEditor } from './task-editor.tsx';

const READER = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Makes a task, of nothing or of what another one says. */
export function NewTaskPage() {
  const { of, ...wanted } = useSearch({ from: '/tasks/new' });
  return (
    <Page title={words.title}>
      {of === undefined ? <Form first={draftFor(wanted)} /> : <Duplicate taskId={of} />}
    </Page>
  );
}

function draftFor({ topic, template, profile }: NewTaskSearch): TaskDraft {
  const draft = firstDraft(READER);
  return {
    ...draft,
    ...(topic !== undefined && { kind: 'event', exprs: { ...draft.exprs, event: topic } }),
    ...(template !== undefined && { starts: 'template', template, title: template }),
    ...(profile !== undefined && { starts: 'profile', profile, title: profile }),
  };
}

function Duplicate({ taskId }: { readonly taskId: string }) {
  const { data: task, error, refetch } = useTask(taskId);
  if (task === undefined)
    return error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />;
  return <Form key={taskId} first={copyOf(task)} />;
}

function copyOf(task: Task): TaskDraft {
  return { ...draftOf(task), title: `${task.title} (copy)`.slice(0, 200) };
}

function Form({ first: given }: { readonly first: TaskDraft }) {
  const [first] = useState(given);
  const [draft, setDraft] = useState(first);
  const navigate = useNavigate();
  const create = useCreateTask();
  return (
    <TaskEditor
      draft={draft}
      first={first}
      put={(part) => setDraft((known) => ({ ...known, ...part }))}
      verb={words.submit}
      submit={(body) =>
        create.mutate(body, {
          onSuccess: ({ task_id: taskId }) => {
            tell(words.created);
            void navigate({ to: '/tasks/$taskId', params: { taskId }, ignoreBlocker: true });
          },
        })
      }
      isPending={create.isPending}
      error={create.error}
      cancel={
        <Button variant="default" component={Link} to="/tasks">
          {words.cancel}
        </Button>
      }
    />
  );
}
