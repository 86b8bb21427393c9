import { Button } from '@mantine/core';
import { TASK_BULK_ACTIONS, type Task, type TaskBulkAction } from '@tenuto/contract';
import { type ReactNode, useState } from 'react';
import { useBulkTasks } from '../../data/tasks.ts';
import { touchedBy } from '../../logic/task-outlook.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { TASK_WORDS } from '../../words-task.ts';

const words = TASK_WORDS.bulk;
const SHOWN = 8;

interface Props {
  readonly chosen: readonly Task[];
  readonly clear: () => void;
  /** Stands there while nothing is chosen. */
  readonly children: ReactNode;
}

/** What may be done to several tasks; says which it will touch before it does it. */
export function BulkBar({ chosen, clear, children }: Props) {
  const [question, setQuestion] = useState<Question>();
  const bulk = useBulkTasks();
  if (chosen.length === 0) return children;
  const ask = (verb: TaskBulkAction) => () => {
    const tasks = touchedBy(verb, chosen);
    setQuestion({
      title: words.ask[verb],
      text: words.text(tasks.length, chosen.length),
      verb: words[verb],
      children: <Titles tasks={tasks} />,
      act: () =>
        bulk.mutate(
          { verb, tasks },
          {
            onSuccess: ({ outcomes: { changed }, failures: [refused] }) => {
              if (refused === undefined) tell(words.done(changed));
              else tellFailure(words.some(changed, tasks.length), refused.detail);
              clear();
            },
            onError: (error) => tellFailure(words.some(0, tasks.length), error),
          },
        ),
    });
  };
  return (
    <div className="row bulk-bar">
      <strong>{words.selected(chosen.length)}</strong>
      {TASK_BULK_ACTIONS.map((verb) => (
        <Button
          key={verb}
          variant="default"
          onClick={ask(verb)}
          disabled={touchedBy(verb, chosen).length === 0}
          loading={bulk.isPending}
        >
          {words[verb]}
        </Button>
      ))}
      <Button variant="default" onClick={clear}>
        {words.clear}
      </Button>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </div>
  );
}

function Titles({ tasks }: { readonly tasks: readonly Task[] }) {
  return (
    <ul className="bulk-titles">
      {tasks.slice(0, SHOWN).map((task) => (
        <li key={task.task_id}>{task.title}</li>
      ))}
      {tasks.length > SHOWN && <li className="dim">+ {tasks.length - SHOWN}</li>}
    </ul>
  );
}
