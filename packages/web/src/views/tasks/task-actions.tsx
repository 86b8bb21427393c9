import { Button, Menu } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Task } from '@tenuto/contract';
import { useState } from 'react';
import { useMay } from '../../data/scopes.ts';
import { type TaskAsk, useRemoveTask, useTaskOperation } from '../../data/tasks.ts';
import { isPlanned } from '../../logic/task-draft.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { Icon } from '../../ui/icons.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { TASK_WORDS } from '../../words-task.ts';
import { BackfillDialog } from './backfill-dialog.tsx';
import { ResumeDialog, RunDialog, SnoozeDialog } from './task-dialogs.tsx';

const words = TASK_WORDS.actions;
type Dialog = 'run' | 'snooze' | 'resume' | 'backfill';

/** What may be done about a task in its present state. */
export function TaskActions({ task }: { readonly task: Task }) {
  const [question, setQuestion] = useState<Question>();
  const [dialog, setDialog] = useState<Dialog>();
  const may = useMay();
  const { perform, isPending } = useDoing(task);
  const close = () => setDialog(undefined);
  const canUpdate = may('tasks:update') && task.status !== 'cancelled';
  const common = { task, perform, close };
  return (
    <div className="row">
      {canUpdate && (
        <Button onClick={() => perform({ verb: 'run_now' })} loading={isPending}>
          {words.run_now}
        </Button>
      )}
      {canUpdate && task.status === 'paused' && (
        <Button variant="default" onClick={() => setDialog('resume')}>
          {words.resume}
        </Button>
      )}
      {canUpdate && task.status === 'active' && (
        <Button variant="default" onClick={() => setQuestion(stopQuestion('pause', perform))}>
          {words.pause}
        </Button>
      )}
      {canUpdate && (
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link {...props} to="/tasks/$taskId/edit" params={{ taskId: task.task_id }} />
          )}
        >
          {words.edit}
        </Button>
      )}
      <More task={task} open={setDialog} ask={setQuestion} perform={perform} />
      <Confirm question={question} close={() => setQuestion(undefined)} />
      <RunDialog {...common} opened={dialog === 'run'} />
      <SnoozeDialog {...common} opened={dialog === 'snooze'} />
      <ResumeDialog {...common} opened={dialog === 'resume'} />
      <BackfillDialog task={task} opened={dialog === 'backfill'} close={close} />
    </div>
  );
}

/** Does what was asked, says what came of it, and leads to the run that it made. */
function useDoing(task: Task) {
  const navigate = useNavigate();
  const operation = useTaskOperation(task.task_id);
  const perform = (ask: TaskAsk) =>
    operation.mutate(ask, {
      onSuccess: ({ message, details }) => {
        tell(message);
        if (details.run_id === undefined || ask.verb !== 'run_now') return;
        void navigate({ to: '/runs/$runId', params: { runId: details.run_id } });
      },
      onError: (error) => tellFailure(words.failed, error),
    });
  return { perform, isPending: operation.isPending };
}

function stopQuestion(verb: 'pause' | 'cancel', perform: (ask: TaskAsk) => void): Question {
  const [title, text] = verb === 'pause' ? words.askPause : words.askCancel;
  return {
    ...{ title, text, verb: words[verb], reason: true, danger: verb === 'cancel' },
    act: (reason) => perform({ verb, reason }),
  };
}

interface MoreProps {
  readonly task: Task;
  readonly open: (dialog: Dialog) => void;
  readonly ask: (question: Question) => void;
  readonly perform: (ask: TaskAsk) => void;
}

function More({ task, open, ask, perform }: MoreProps) {
  const may = useMay();
  const remove = useRemove(task);
  const canUpdate = may('tasks:update') && task.status !== 'cancelled';
  const canMake = may('tasks:create');
  const canRemove = may('tasks:delete');
  if (!canUpdate && !canMake && !canRemove) return null;
  const [title, text] = words.askRemove;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" aria-label={words.more} className="icon-button">
          <Icon name="more" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {canUpdate && <Menu.Item onClick={() => open('run')}>{words.run_with}</Menu.Item>}
        {canUpdate && task.status === 'active' && task.next_fire_at !== null && (
          <Menu.Item onClick={() => open('snooze')}>{words.snooze}</Menu.Item>
        )}
        {canUpdate && isPlanned(task.schedule_kind) && (
          <Menu.Item onClick={() => open('backfill')}>{words.backfill}</Menu.Item>
        )}
        {canMake && (
          <Menu.Item
            renderRoot={(props) => (
              <Link {...props} to="/tasks/new" search={{ of: task.task_id }} />
            )}
          >
            {words.duplicate}
          </Menu.Item>
        )}
        {canUpdate && (
          <Menu.Item onClick={() => ask(stopQuestion('cancel', perform))}>{words.cancel}</Menu.Item>
        )}
        {canRemove && (
          <Menu.Item
            color="red"
            onClick={() => ask({ title, text, verb: words.remove, danger: true, act: remove })}
          >
            {words.remove}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function useRemove(task: Task) {
  const navigate = useNavigate();
  const removal = useRemoveTask();
  return () =>
    removal.mutate(task, {
      onSuccess: () => {
        tell(words.removed);
        void navigate({ to: '/tasks' });
      },
      onError: (error) => tellFailure(words.failed, error),
    });
}
