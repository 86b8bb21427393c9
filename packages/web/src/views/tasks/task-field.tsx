import { Select, Textarea, TextInput } from '@mantine/core';
import type { DraftField, Fault, TaskDraft } from '../../logic/task-draft.ts';
import { faultAt } from '../../logic/task-faults.ts';
import { TASK_FORM_WORDS as words } from '../../words-task-form.ts';

/** What every part of the form of a task is given. */
export interface DraftProps {
  readonly draft: TaskDraft;
  readonly put: (part: Partial<TaskDraft>) => void;
  readonly faults: readonly Fault[];
}

/** Where the body has a field that the draft keeps under a name of its own. */
const PATHS: Readonly<Partial<Record<DraftField, string>>> = {
  dst_gap: '/dst_policy/gap',
  dst_overlap: '/dst_policy/overlap',
  batch_events: '/batch',
  batch_wait: '/batch/max_wait_seconds',
  probe_uses: '/probe/uses',
  probe_with: '/probe/with',
  probe_timeout: '/probe/timeout_seconds',
};

export function pathOf(field: DraftField): string {
  return PATHS[field] ?? `/${field}`;
}

type Labelled = keyof typeof words.labels;

interface FieldProps extends DraftProps {
  readonly field: Labelled;
}

/** What a field holds, and what is wrong with it. */
function useField({ draft, put, faults, field }: FieldProps) {
  return {
    label: words.labels[field],
    description: words.helps[field],
    value: draft.fields[field],
    error: faultAt(faults, pathOf(field)) ?? false,
    change: (value: string) => put({ fields: { ...draft.fields, [field]: value } }),
  };
}

interface TextProps extends FieldProps {
  readonly type?: 'text' | 'number';
}

export function TextField({ type = 'text', ...props }: TextProps) {
  const { change, ...shown } = useField(props);
  return (
    <TextInput
      {...shown}
      type={type}
      {...(type === 'number' && { min: 0 })}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

export function CodeField(props: FieldProps) {
  const { change, ...shown } = useField(props);
  return (
    <Textarea
      size="xs"
      {...shown}
      className="whole-row"
      rows={4}
      classNames={{ input: 'code-input' }}
      spellCheck={false}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

interface ChoiceProps extends FieldProps {
  readonly choices: readonly (readonly [value: string, word: string])[];
}

export function ChoiceField({ choices, ...props }: ChoiceProps) {
  const { change, ...shown } = useField(props);
  return (
    <Select
      {...shown}
      data={choices.map(([value, label]) => ({ value, label }))}
      onChange={(value) => change(value ?? '')}
      allowDeselect={false}
    />
  );
}
