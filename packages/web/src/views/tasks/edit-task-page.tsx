import { Button } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { JsonObject, Task } from '@tenuto/contract';
import { useMemo, useState } from 'react';
import { NoSuchPage } from '../../app/problems.tsx';
import { isMissing } from '../../data/query-client.ts';
import { readTask, useReplaceTask, useTask } from '../../data/tasks.ts';
import { isStale } from '../../logic/field-errors.ts';
import { bodyOf, draftOf, type TaskDraft } from '../../logic/task-draft.ts';
import { Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { TASK_FORM_WORDS as words } from '../../words-task-form.ts';
import { EditConflict } from './edit-conflict.tsx';
import { TaskEditor } from './task-editor.tsx';

/** Changes what a task says, at the version that was seen. */
export function EditTaskPage() {
  const { taskId } = useParams({ from: '/tasks/$taskId/edit' });
  const { data: task, error, refetch } = useTask(taskId);
  if (isMissing(error)) return <NoSuchPage />;
  if (task === undefined) {
    return error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />;
  }
  return (
    <Page title={words.edit}>
      {task.status === 'cancelled' ? <p>{words.ended}</p> : <Form first={task} />}
    </Page>
  );
}

/** @param first the task as it was when it was opened: what comes later does not move the form */
function Form({ first }: { readonly first: Task }) {
  const [base, setBase] = useState(first);
  const [draft, setDraft] = useState(() => draftOf(first));
  const opened = useMemo(() => draftOf(base), [base]);
  const [newer, setNewer] = useState<Task>();
  const navigate = useNavigate();
  const replace = useReplaceTask(base.task_id);
  const params = { taskId: base.task_id };
  const save = (body: JsonObject, version: number) =>
    replace.mutate(
      { body, version },
      {
        onSuccess: () => {
          tell(words.saved);
          void navigate({ to: '/tasks/$taskId', params, ignoreBlocker: true });
        },
        onError: (error) => {
          if (!isStale(error)) return;
          readTask(base.task_id).then(setNewer, (failed) => tellFailure(words.edit, failed));
        },
      },
    );
  const take = (task: Task) => {
    setBase(task);
    setDraft(draftOf(task));
    setNewer(undefined);
    replace.reset();
  };
  return (
    <TaskEditor
      draft={draft}
      put={(part: Partial<TaskDraft>) => setDraft((known) => ({ ...known, ...part }))}
      verb={words.save}
      submit={(body) => save(body, base.version)}
      first={opened}
      isPending={replace.isPending}
      error={replace.error}
      notice={
        newer && (
          <EditConflict
            base={written(base)}
            draft={draft}
            newer={newer}
            theirs={written(newer)}
            keep={(merged) => save(merged, newer.version)}
            take={() => take(newer)}
          />
        )
      }
      cancel={
        <Button
          variant="default"
          renderRoot={(props) => <Link {...props} to="/tasks/$taskId" params={params} />}
        >
          {words.cancel}
        </Button>
      }
    />
  );
}

/** What a task says, as its form would send it. */
function written(task: Task): JsonObject {
  const read = bodyOf(draftOf(task));
  return 'body' in read ? read.body : {};
}
