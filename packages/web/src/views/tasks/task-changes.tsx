import { useTaskChanges } from '../../data/tasks.ts';
import { When } from '../../ui/time.tsx';
import { TASK_WORDS } from '../../words-task.ts';

const words = TASK_WORDS.page;
const VERBS: Readonly<Record<string, string>> = TASK_WORDS.auditVerbs;

/** Who has done what to a task, the newest first. */
export function TaskChanges({ taskId }: { readonly taskId: string }) {
  const { data } = useTaskChanges(taskId);
  if (data === undefined) return null;
  return (
    <section className="card" aria-label={words.changes}>
      <header>
        <h2>{words.changes}</h2>
      </header>
      {data.items.length === 0 && <p className="card-body dim">{words.noChanges}</p>}
      <ol className="changes">
        {data.items.map((row) => (
          <li key={row.audit_id}>
            <strong>{row.actor}</strong> {VERBS[row.action] ?? row.action}
            {typeof row.details.reason === 'string' && <q>{row.details.reason}</q>}
            <span className="grow" />
            <span className="dim">
              <When at={row.at} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
