import { Button } from '@mantine/core';
import type { JsonObject, Task } from '@tenuto/contract';
import { pretty } from '../../logic/format.ts';
import { bodyOf, type TaskDraft } from '../../logic/task-draft.ts';
import { mergeChanges } from '../../logic/task-merge.ts';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';

const words = TASK_FORM_WORDS.conflict;
const LABELS: Readonly<Record<string, string>> = {
  ...TASK_FORM_WORDS.labels,
  title: TASK_FORM_WORDS.name,
  description: TASK_FORM_WORDS.description,
  schedule_kind: TASK_FORM_WORDS.kind,
  schedule_expr: TASK_FORM_WORDS.when,
  timezone: TASK_FORM_WORDS.timezone,
  payload: TASK_FORM_WORDS.what,
  filter: TASK_FORM_WORDS.event.filter,
};

interface Props {
  readonly base: JsonObject;
  readonly draft: TaskDraft;
  readonly newer: Task;
  readonly theirs: JsonObject;
  readonly keep: (merged: JsonObject) => void;
  readonly take: () => void;
}

/** What somebody else has changed meanwhile, and how both can be had. */
export function EditConflict({ base, draft, newer, theirs, keep, take }: Props) {
  const read = bodyOf(draft);
  const mine = 'body' in read ? read.body : base;
  const merge = mergeChanges(base, mine, theirs);
  return (
    <section className="failure conflict" role="alert">
      <strong>{words.title}</strong>
      <p>{words.text(newer.updated_by, newer.version)}</p>
      {merge.theirs.length > 0 && (
        <>
          <h3>{words.theirs}</h3>
          <Changes names={merge.theirs} sides={[[words.other, theirs]]} />
        </>
      )}
      {merge.both.length > 0 && (
        <>
          <h3>{words.both}</h3>
          <Changes
            names={merge.both}
            sides={[
              [words.mine, mine],
              [words.other, theirs],
            ]}
          />
        </>
      )}
      <div className="row">
        <Button onClick={() => keep(merge.merged)} disabled={'faults' in read}>
          {words.keep}
        </Button>
        <Button variant="default" onClick={take}>
          {words.take}
        </Button>
      </div>
    </section>
  );
}

interface ChangesProps {
  readonly names: readonly string[];
  readonly sides: readonly (readonly [whose: string, body: JsonObject])[];
}

function Changes({ names, sides }: ChangesProps) {
  return (
    <dl className="conflict-changes">
      {names.map((name) => (
        <div key={name}>
          <dt>{LABELS[name] ?? name}</dt>
          {sides.map(([whose, body]) => (
            <dd key={whose}>
              {sides.length > 1 && <span className="dim">{whose} </span>}
              <code>{pretty(body[name]) || TASK_FORM_WORDS.none}</code>
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
}
