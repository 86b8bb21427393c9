import { SegmentedControl, Select, Textarea } from '@mantine/core';
import { useProfile } from '../../data/profiles.ts';
import { useProfileChoices, useTemplateChoices } from '../../data/task-choices.ts';
import { STARTS } from '../../logic/task-draft.ts';
import { faultAt, faultLines } from '../../logic/task-faults.ts';
import { CodeEditor } from '../../ui/code-editor.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';
import { ParamsForm } from './params-form.tsx';
import type { DraftProps } from './task-field.tsx';

const words = TASK_FORM_WORDS.starts;

/** What the runs of a task are made of. */
export function WhatStarts(props: DraftProps) {
  const { draft, put } = props;
  const { starts } = draft;
  return (
    <section className="form-part">
      <h2>{TASK_FORM_WORDS.what}</h2>
      <SegmentedControl
        aria-label={words.label}
        size="xs"
        fullWidth
        data={STARTS.map((value) => ({ value, label: words.names[value] }))}
        value={starts}
        onChange={(value) =>
          put({ starts: STARTS.find((one) => one === value) ?? starts, unread: [] })
        }
      />
      <p className="dim">{words.texts[starts]}</p>
      {starts === 'template' && <Template {...props} />}
      {starts === 'profile' && <Profile {...props} />}
      {(starts === 'pipeline' || starts === 'dag_definition') && <Graph {...props} />}
    </section>
  );
}

function Graph({ draft, put, faults }: DraftProps) {
  const isPipeline = draft.starts === 'pipeline';
  const text = isPipeline ? draft.pipeline : draft.graph;
  const path = isPipeline ? '/payload/pipeline' : '/payload/dag_definition';
  return (
    <>
      <CodeEditor
        label={isPipeline ? words.pipeline : words.graph}
        value={text}
        change={(value) => put(isPipeline ? { pipeline: value } : { graph: value })}
        problems={faultLines(faults, path, text)}
        lineWord={words.line}
        rows={Math.min(24, Math.max(6, text.split('\n').length + 1))}
      />
      <Textarea
        size="xs"
        label={words.params}
        value={draft.params}
        onChange={(event) => put({ params: event.currentTarget.value })}
        rows={2}
        classNames={{ input: 'code-input' }}
        spellCheck={false}
        error={faultAt(faults, '/payload/params') ?? false}
      />
    </>
  );
}

function Template({ draft, put, faults }: DraftProps) {
  const { data: templates } = useTemplateChoices();
  const names = (templates ?? []).map(({ name }) => name);
  const chosen = templates?.find(({ name }) => name === draft.template);
  if (templates?.length === 0 && draft.template === '') {
    return <p className="dim">{words.noTemplates}</p>;
  }
  return (
    <>
      <Select
        label={words.template}
        data={withChosen(names, draft.template)}
        value={draft.template === '' ? null : draft.template}
        onChange={(template) =>
          put({
            template: template ?? '',
            ...(draft.template !== '' && { params: '{}' }),
            unread: [],
          })
        }
        searchable
        allowDeselect={false}
        {...(chosen?.description && { description: chosen.description })}
        error={faultAt(faults, '/payload/template') ?? false}
      />
      {draft.template !== '' && (
        <ParamsForm
          key={draft.template}
          schema={chosen?.schema}
          label={words.params}
          place="/payload/params"
          text={draft.params}
          put={(params, unread) => put({ params, unread })}
          faults={faults}
        />
      )}
    </>
  );
}

function Profile({ draft, put, faults }: DraftProps) {
  const { data: names = [] } = useProfileChoices();
  const { profile: name } = draft;
  const { data: chosen, isPending, isFetching } = useProfile(name, name !== '');
  return (
    <>
      <Select
        label={words.profile}
        data={withChosen(names, name)}
        value={name === '' ? null : name}
        onChange={(profile) =>
          put({ profile: profile ?? '', ...(name !== '' && { intake: '{}' }), unread: [] })
        }
        searchable
        allowDeselect={false}
        error={faultAt(faults, '/payload/profile') ?? false}
      />
      {name !== '' && isPending && isFetching ? (
        <Waiting rows={2} />
      ) : (
        <ParamsForm
          key={name}
          schema={chosen?.profile.intake_schema}
          label={words.intake}
          place="/payload/intake"
          text={draft.intake}
          put={(intake, unread) => put({ intake, unread })}
          faults={faults}
        />
      )}
    </>
  );
}

function withChosen(names: readonly string[], chosen: string): string[] {
  return chosen === '' || names.includes(chosen) ? [...names] : [chosen, ...names];
}
