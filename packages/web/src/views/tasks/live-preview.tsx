import { useDebouncedValue } from '@mantine/hooks';
import { useSchedulePreview } from '../../data/tasks.ts';
import { isPlanned, previewOf, type TaskForm } from '../../logic/task-form.ts';
import { messageOf } from '../../ui/notice.tsx';
import { TASK_WORDS } from '../../words-task.ts';
import { Firings } from './firings.tsx';

const words = TASK_WORDS.form;
const TYPING_MS = 250;

/** When the schedule in the form would fire, or why it cannot. */
export function LivePreview({ form }: { readonly form: TaskForm }) {
  const [settled] = useDebouncedValue(form, TYPING_MS);
  const question = previewOf(settled);
  const { data, error } = useSchedulePreview(question);
  return (
    <section className="card" aria-live="polite">
      <header>
        <h2>{words.preview}</h2>
      </header>
      {!isPlanned(form.kind) && <p className="card-body dim">{words.previewNone}</p>}
      {isPlanned(form.kind) && question === undefined && (
        <p className="card-body dim">{words.previewWrite}</p>
      )}
      {question !== undefined && error !== null && (
        <p className="card-body tone-red">{messageOf(error)}</p>
      )}
      {question !== undefined && error === null && data && (
        <>
          <p className="card-body">{data.description}</p>
          <Firings firings={data.firings} />
        </>
      )}
    </section>
  );
}
