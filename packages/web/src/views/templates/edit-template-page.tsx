import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { JsonObject, Template, ValidationError } from '@tenuto/contract';
import { type FormEvent, useState } from 'react';
import { NoSuchPage } from '../../app/problems.tsx';
import { isMissing } from '../../data/query-client.ts';
import { useDryRun } from '../../data/submit.ts';
import { useSaveTemplate, useTemplate } from '../../data/templates.ts';
import { pathOf, type ReadText, readText, type TextProblem } from '../../logic/document.ts';
import { isObject } from '../../logic/json-place.ts';
import { writtenTemplate } from '../../logic/written-template.ts';
import { CodeEditor } from '../../ui/code-editor.tsx';
import { Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { tell } from '../../ui/toasts.ts';
import { UnsavedGuard } from '../../ui/unsaved.tsx';
import { SUBMIT_WORDS } from '../../words-submit.ts';
import { FIRST_TEMPLATES, TEMPLATE_WORDS } from '../../words-template.ts';
import { DryRunCard, dagOf, isRefusal } from '../submit/dry-run.tsx';
import '../submit/submit.css';

const words = TEMPLATE_WORDS.edit;
const TYPING_MS = 300;

/** Makes a template, of an example or of what another one says. */
export function NewTemplatePage() {
  const { of } = useSearch({ from: '/templates/new' });
  const { data: template, error, refetch } = useTemplate(of);
  if (isMissing(error)) return <NoSuchPage />;
  if (of !== undefined && template === undefined) {
    return error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />;
  }
  const copy = template && writtenTemplate(template, words.copyOf(template.name));
  return (
    <Page title={words.newTitle}>
      <Editor key={of ?? ''} before={undefined} first={copy ?? FIRST_TEMPLATES.greeting} />
    </Page>
  );
}

/** Changes a template, or takes up an earlier version of it; what is saved is a new version. */
export function EditTemplatePage() {
  const { name } = useParams({ from: '/templates/$name/edit' });
  const { version } = useSearch({ from: '/templates/$name/edit' });
  const newest = useTemplate(name);
  const wanted = useTemplate(name, version === undefined ? undefined : Number(version));
  const error = newest.error ?? wanted.error;
  if (isMissing(error)) return <NoSuchPage />;
  if (newest.data === undefined || wanted.data === undefined) {
    const again = () => void Promise.all([newest.refetch(), wanted.refetch()]);
    return error === null ? <Waiting /> : <Failure error={error} again={again} />;
  }
  return (
    <Page title={words.title(name)}>
      {wanted.data.version !== newest.data.version && (
        <p className="tone-amber">{words.earlier(wanted.data.version)}</p>
      )}
      <Editor
        key={`${name} ${version}`}
        before={newest.data}
        first={writtenTemplate(wanted.data)}
      />
    </Page>
  );
}

interface EditorProps {
  /** What is replaced; undefined for a new one. */
  readonly before: Template | undefined;
  readonly first: string;
}

function Editor({ before: given, first }: EditorProps) {
  // The version that was read is the one that is replaced, whatever others save meanwhile.
  const [before] = useState(given);
  const [text, setText] = useState(first);
  const isSame = before !== undefined && text === writtenTemplate(before);
  const [settled] = useDebouncedValue(text, TYPING_MS);
  const navigate = useNavigate();
  const save = useSaveTemplate();
  const read = readText(settled, words.noObject);
  const written = 'value' in read ? read : undefined;
  const dry = useDryRun(written && jobOf(written.value));
  const refusal = [save.error, dry.error].find(isRefusal);
  const problems = 'problems' in read ? read.problems : placed(read, refusal?.validationErrors);
  const write = (next: string) => {
    setText(next);
    save.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const now = readText(text, words.noObject);
    if ('problems' in now) return;
    save.mutate(
      { body: now.value, before },
      {
        onSuccess: ({ name, version }) => {
          tell(words.saved(name, version));
          void navigate({ to: '/templates/$name', params: { name }, ignoreBlocker: true });
        },
      },
    );
  };
  return (
    <div className="submit">
      <form className="card card-body submit-form" onSubmit={submit}>
        {before === undefined && <Begin text={text} pick={write} />}
        <CodeEditor
          label={words.text}
          value={text}
          change={write}
          problems={problems}
          lineWord={SUBMIT_WORDS.line}
          rows={32}
        />
        {save.error !== null && !isRefusal(save.error) && <Failure error={save.error} />}
        <div>
          <Button
            type="submit"
            loading={save.isPending}
            disabled={isSame}
            title={isSame ? words.unchanged : ''}
          >
            {before === undefined ? words.saveNew : words.save}
          </Button>
        </div>
      </form>
      <UnsavedGuard isDirty={text !== first} />
      <DryRunCard
        title={words.preview}
        dag={dagOf(written?.value)}
        answer={dry.data}
        error={dry.error}
        isUnread={'problems' in read}
      />
    </div>
  );
}

const FIRSTS = ['greeting', 'tests'] as const;

interface BeginProps {
  readonly text: string;
  readonly pick: (text: string) => void;
}

/** Templates that work as they stand, to begin with. */
function Begin({ text, pick }: BeginProps) {
  return (
    <fieldset className="row submit-examples" aria-label={words.begin}>
      <span className="dim">{words.begin}</span>
      {FIRSTS.map((name) => (
        <button
          key={name}
          type="button"
          className="chip"
          aria-pressed={FIRST_TEMPLATES[name] === text}
          onClick={() => pick(FIRST_TEMPLATES[name])}
        >
          {words.firsts[name]}
        </button>
      ))}
    </fieldset>
  );
}

/** A job of a template that is not stored yet. Its parameters are known when it is used. */
function jobOf({ name, dag_definition: dag, job }: JsonObject): JsonObject {
  const said = isObject(job) ? job : {};
  return { ...said, job_name: name ?? 'template', dag_definition: dag ?? null };
}

function placed(
  { lineOf }: ReadText,
  errors: readonly ValidationError[] = [],
): readonly TextProblem[] {
  return errors.map(({ path, message }) => ({
    line: lineOf(pathOf(path)),
    message: `${pathOf(path).at(-1) ?? ''} ${message}`.trim(),
  }));
}
