import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { Task } from '@tenuto/contract';
import { useState } from 'react';
import { useMay } from '../../data/scopes.ts';
import { type TaskAsk, useTaskOperation } from '../../data/tasks.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { TASK_WORDS } from '../../words-task.ts';

const words = TASK_WORDS.actions;

/** What may be done about a task in its present state. */
export function TaskActions({ task }: { readonly task: Task }) {
  const [question, setQuestion] = useState<Question>();
  const navigate = useNavigate();
  const operation = useTaskOperation(task.task_id);
  const may = useMay()('tasks:update');
  if (!may || task.status === 'cancelled') return null;
  const perform = (ask: TaskAsk) =>
    operation.mutate(ask, {
      onSuccess: ({ message, details }) => {
        tell(message);
        if (details.run_id === undefined || ask.verb !== 'run_now') return;
        void navigate({ to: '/runs/$runId', params: { runId: details.run_id } });
      },
      onError: (error) => tellFailure(words.failed, error),
    });
  const ask = (verb: 'pause' | 'cancel') => () => {
    const [title, text] = verb === 'pause' ? words.askPause : words.askCancel;
    setQuestion({
      ...{ title, text, verb: words[verb], reason: true, danger: verb === 'cancel' },
      act: (reason) => perform({ verb, reason }),
    });
  };
  const active = task.status === 'active';
  return (
    <div className="row">
      <Button onClick={() => perform({ verb: 'run_now' })} loading={operation.isPending}>
        {words.run_now}
      </Button>
      {task.status === 'paused' && (
        <Button variant="default" onClick={() => perform({ verb: 'resume' })}>
          {words.resume}
        </Button>
      )}
      {active && (
        <Button variant="default" onClick={ask('pause')}>
          {words.pause}
        </Button>
      )}
      {active && task.next_fire_at !== null && (
        <Button variant="default" onClick={() => perform({ verb: 'snooze' })}>
          {words.snooze}
        </Button>
      )}
      <Button variant="default" onClick={ask('cancel')}>
        {words.cancel}
      </Button>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </div>
  );
}
