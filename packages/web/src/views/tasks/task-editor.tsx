import { Button, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Json } from '@tenuto/contract';
import { ApiError } from '@tenuto/sdk';
import type { FormEvent, ReactNode } from 'react';
import { useMay } from '../../data/scopes.ts';
import { useDraftPreview } from '../../data/task-draft-preview.ts';
import { useTaskCheck } from '../../data/tasks.ts';
import { isStale } from '../../logic/field-errors.ts';
import { isObject } from '../../logic/json-place.ts';
import { bodyOf, type Fault, type ReadDraft, type TaskDraft } from '../../logic/task-draft.ts';
import { faultAt, faultsBeside } from '../../logic/task-faults.ts';
import { Failure } from '../../ui/notice.tsx';
import { UnsavedGuard } from '../../ui/unsaved.tsx';
import { TASK_FORM_WORDS as words } from '../../words-task-form.ts';
import { Advanced } from './advanced.tsx';
import { ScheduleFields } from './schedule-fields.tsx';
import { SchedulePreview } from './schedule-preview.tsx';
import { WhatStarts } from './what-starts.tsx';
import './tasks.css';
import './task-editor.css';

const TYPING_MS = 500;
/** Places that have a field which says what is wrong with it. */
const SHOWN_AT = [
  ...['/title', '/description', '/schedule_expr', '/timezone', '/filter', '/probe'],
  ...['/poll_interval_seconds', '/payload/pipeline', '/payload/dag_definition'],
  ...['/payload/params', '/payload/template', '/payload/profile', '/payload/intake'],
  ...Object.keys(words.labels).map((name) => `/${name}`),
  ...['/dst_policy', '/batch'],
];

type Body = Extract<ReadDraft, { readonly body: unknown }>['body'];

interface Props {
  readonly draft: TaskDraft;
  /** What the form began with. */
  readonly first: TaskDraft;
  readonly put: (part: Partial<TaskDraft>) => void;
  readonly verb: string;
  readonly submit: (body: Body) => void;
  readonly isPending: boolean;
  readonly error: Error | null;
  /** Stands above the buttons: what has to be decided first. */
  readonly notice?: ReactNode;
  readonly cancel: ReactNode;
}

/** The form of a task; what its schedule means stands beside it while it is written. */
export function TaskEditor(props: Props) {
  const { draft, first, put, submit, error, notice } = props;
  const read = bodyOf(draft);
  const checked = useCheck(read);
  const told = useDraftPreview(draft);
  const faults = faultsOf(read, [error, checked, told.error]);
  const part = { draft, put, faults };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if ('body' in read) submit(read.body);
  };
  return (
    <div className="task-new">
      <form className="task-form" onSubmit={onSubmit}>
        <section className="card form-card">
          <Names {...part} />
          <ScheduleFields {...part} />
          <WhatStarts {...part} />
          <Advanced {...part} />
        </section>
        {notice}
        <Refusals {...props} faults={faults} error={error} />
        <div className="row form-buttons">
          <Button type="submit" loading={props.isPending}>
            {props.verb}
          </Button>
          {props.cancel}
        </div>
      </form>
      <SchedulePreview draft={draft} told={told} />
      <UnsavedGuard isDirty={JSON.stringify(draft) !== JSON.stringify(first)} />
    </div>
  );
}

/** What creating the task would be refused for, asked while it is written. */
function useCheck(read: ReadDraft): ApiError | null {
  const may = useMay()('tasks:create');
  const text = 'body' in read ? JSON.stringify(read.body) : undefined;
  const [settled] = useDebouncedValue(text, TYPING_MS);
  const body: Body | undefined = settled === undefined ? undefined : JSON.parse(settled);
  const isAsked = may && body !== undefined && body.schedule_expr !== '' && isChosen(body.payload);
  // Who has not named it yet is not told so before they try to create it.
  const named = isAsked ? { ...body, ...(body.title === '' && { title: '…' }) } : undefined;
  const { data } = useTaskCheck(named);
  return isAsked ? (data ?? null) : null;
}

/** Who has only said that it is a template is not told yet that there is none of no name. */
function isChosen(payload: Json | undefined): boolean {
  return !isObject(payload) || (payload.template !== '' && payload.profile !== '');
}

function faultsOf(read: ReadDraft, errors: readonly (Error | null)[]): readonly Fault[] {
  const local = 'faults' in read ? read.faults : [];
  const told = errors.flatMap((error) => (error instanceof ApiError ? error.validationErrors : []));
  const seen = new Set<string>();
  return [...local, ...told].filter(({ path, message }) => {
    const key = `${path} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

function Names({
  draft,
  put,
  faults,
}: Pick<Props, 'draft' | 'put'> & { readonly faults: readonly Fault[] }) {
  return (
    <section className="form-part">
      <TextInput
        label={words.name}
        value={draft.title}
        onChange={(event) => put({ title: event.currentTarget.value })}
        error={faultAt(faults, '/title') ?? false}
        maxLength={200}
        required
        withAsterisk={false}
      />
      <Textarea
        size="xs"
        label={words.description}
        value={draft.fields.description}
        onChange={(event) =>
          put({ fields: { ...draft.fields, description: event.currentTarget.value } })
        }
        error={faultAt(faults, '/description') ?? false}
        maxLength={2_000}
        rows={1}
      />
    </section>
  );
}

interface RefusalsProps {
  readonly error: Error | null;
  readonly faults: readonly Fault[];
}

/** What is wrong at no field that is there, and what was refused as a whole. */
function Refusals({ error, faults }: RefusalsProps) {
  const others = faultsBeside(faults, SHOWN_AT);
  return (
    <>
      {error !== null && !isStale(error) && <Failure error={error} />}
      {error === null && others.length > 0 && (
        <div className="failure">
          <strong>{words.checks}</strong>
          {others.map(({ path, message }) => (
            <p key={path + message}>
              <code>{path}</code> {message}
            </p>
          ))}
        </div>
      )}
    </>
  );
}
