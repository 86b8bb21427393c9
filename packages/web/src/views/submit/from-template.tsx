import { Button, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link, useNavigate } from '@tanstack/react-router';
import type { JsonObject, Template } from '@tenuto/contract';
import { useMemo, useState } from 'react';
import { useDryRun } from '../../data/submit.ts';
import { useTemplate, useTemplates } from '../../data/templates.ts';
import { fieldsOfOptions, NO_OPTIONS } from '../../logic/job-options.ts';
import { draftOf, readDraft, saidBelow } from '../../logic/schema-draft.ts';
import { fieldOf } from '../../logic/schema-form.ts';
import { Failure, messageOf } from '../../ui/notice.tsx';
import { problemTexts, SchemaForm } from '../../ui/schema-form.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { UnsavedGuard } from '../../ui/unsaved.tsx';
import { SUBMIT_WORDS as words } from '../../words-submit.ts';
import { TEMPLATE_WORDS } from '../../words-template.ts';
import { DryRunCard, isRefusal } from './dry-run.tsx';
import { OptionsForm } from './options-form.tsx';
import type { SourceProps } from './write-job.tsx';

const TYPING_MS = 300;

/** A job that is made of a template: which one, and with what. */
export function FromTemplate(props: SourceProps) {
  const { template: name, version } = props.search;
  const wanted = version === undefined ? undefined : Number(version);
  const { data: template, error, refetch } = useTemplate(name, wanted);
  const found = template !== undefined && template.name === name ? template : undefined;
  if (found === undefined) {
    return (
      <div className="submit">
        <div className="card card-body submit-form">
          <Pick search={props.search} />
          {error !== null && <Failure error={error} again={() => void refetch()} />}
          {name !== undefined && error === null && <Waiting />}
        </div>
        <DryRunCard
          title={words.dryRun}
          dag={undefined}
          answer={undefined}
          error={undefined}
          isUnread={false}
          waiting={words.waiting}
        />
      </div>
    );
  }
  return <Use key={`${found.name} ${found.version}`} {...props} template={found} />;
}

function Pick({ search }: Pick<SourceProps, 'search'>) {
  const navigate = useNavigate();
  const { data } = useTemplates();
  const templates = data?.pages.flatMap(({ items }) => items) ?? [];
  const names = templates.map(({ name }) => name);
  const known = search.template === undefined || names.includes(search.template);
  return (
    <>
      <Select
        label={words.template}
        placeholder={words.pick}
        data={known ? names : [...names, search.template ?? '']}
        value={search.template ?? null}
        onChange={(template) =>
          void navigate({ to: '/submit', search: template === null ? {} : { template } })
        }
        searchable
      />
      {data !== undefined && names.length === 0 && (
        <p className="dim">
          {words.noTemplates} <Link to="/templates/new">{words.makeOne}</Link>
        </p>
      )}
    </>
  );
}

interface UseProps extends SourceProps {
  readonly template: Template;
}

function Use({ template, search, send, isSending, error, edited }: UseProps) {
  const field = useMemo(() => fieldOf(template.params_schema), [template]);
  const first = useMemo(() => draftOf(field), [field]);
  const [draft, setDraft] = useState(first);
  const [options, setOptions] = useState(NO_OPTIONS);
  const [tried, setTried] = useState(false);
  const [settled] = useDebouncedValue({ draft, options }, TYPING_MS);
  const bodyFor = (of: typeof settled) => bodyOf(template, { ...of, field, search });
  const { body, problems } = bodyFor(settled);
  const isUnfilled = problems.length > 0 && problems.every(({ kind }) => kind === 'required');
  const dry = useDryRun(body);
  const refusal = isRefusal(dry.error) ? dry.error : isRefusal(error) ? error : undefined;
  // What is merely not filled in yet is said once somebody has tried to submit.
  const local = problems.filter(({ kind }) => tried || kind !== 'required');
  const said = new Map([
    ...problemTexts(local),
    ...saidBelow(field, '/params', refusal?.validationErrors ?? []),
  ]);
  return (
    <div className="submit">
      <form
        className="card card-body submit-form"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          const now = bodyFor({ draft, options });
          if (now.body !== undefined) send(now.body);
        }}
      >
        <Pick search={search} />
        {template.description !== null && <p className="dim">{template.description}</p>}
        <SchemaForm
          field={field}
          draft={draft}
          change={(next) => {
            edited();
            setDraft(next);
          }}
          problems={said}
        />
        <OptionsForm
          options={options}
          put={(next) => {
            edited();
            setOptions(next);
          }}
          error={fieldsOfOptions(settled.options) === undefined ? words.badOption : undefined}
        />
        {refusal !== undefined && <p className="tone-red">{messageOf(refusal)}</p>}
        {error !== null && !isRefusal(error) && <Failure error={error} />}
        <div>
          <Button type="submit" loading={isSending}>
            {words.submit}
          </Button>
        </div>
      </form>
      <UnsavedGuard isDirty={JSON.stringify(draft) !== JSON.stringify(first)} />
      <DryRunCard
        title={`${template.name}, ${TEMPLATE_WORDS.version.toLowerCase()} ${template.version}`}
        dag={template.dag_definition}
        answer={dry.data}
        error={dry.error}
        isUnread={body === undefined && !isUnfilled}
        isUnfilled={isUnfilled}
      />
    </div>
  );
}

interface Filled {
  readonly field: ReturnType<typeof fieldOf>;
  readonly draft: ReturnType<typeof draftOf>;
  readonly options: typeof NO_OPTIONS;
  readonly search: SourceProps['search'];
}

function bodyOf(template: Template, { field, draft, options, search }: Filled) {
  const { value, problems } = readDraft(field, draft);
  const fields = fieldsOfOptions(options);
  if (problems.length > 0 || fields === undefined) return { body: undefined, problems };
  const body: JsonObject = {
    template: template.name,
    ...(search.version !== undefined && { template_version: template.version }),
    params: value ?? {},
    ...fields,
  };
  return { body, problems };
}
