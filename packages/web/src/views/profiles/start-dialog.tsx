import { Button, Group, SegmentedControl, Switch, Textarea, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { CreateRun, JsonObject, ProfileView } from '@tenuto/contract';
import { ApiError } from '@tenuto/sdk';
import { type FormEvent, useMemo, useState } from 'react';
import { useStartRun } from '../../data/profiles.ts';
import { isObject } from '../../logic/json-place.ts';
import { printSource, readSource } from '../../logic/profile-source.ts';
import { givenDraftOf, readDraft, saidBelow } from '../../logic/schema-draft.ts';
import { type Draft, type Field, fieldOf } from '../../logic/schema-form.ts';
import { Failure } from '../../ui/notice.tsx';
import { problemTexts, SchemaForm } from '../../ui/schema-form.tsx';
import { FormModal } from '../../ui/unsaved.tsx';
import { PROFILE_WORDS } from '../../words-profile.ts';

const words = PROFILE_WORDS.startRun;

interface Props {
  readonly profile: ProfileView;
  readonly isUnsaved?: boolean;
  readonly close: () => void;
}

/** Makes a run of a profile, and leads to it. */
export function StartDialog({ profile, isUnsaved = false, close }: Props) {
  const title = words.title(profile.title ?? profile.name);
  return (
    <FormModal opened onClose={close} title={title} size="lg">
      {isUnsaved && <p className="ask tone-amber">{words.unsaved}</p>}
      <StartForm profile={profile} close={close} />
    </FormModal>
  );
}

/** What is wrong, by the pointer within the intake, or with the budget. */
type Faults = ReadonlyMap<string, string>;
const NO_FAULTS: Faults = new Map();
/** No pointer begins so. */
const BUDGET = 'budget';

interface Form {
  readonly project: string;
  readonly budget: string;
  readonly goesOn: boolean;
  readonly isText: boolean;
  readonly draft: Draft;
  readonly text: string;
}

function StartForm({
  profile,
  close,
}: {
  readonly profile: ProfileView;
  readonly close: () => void;
}) {
  const { profile: written } = profile;
  const field = useMemo(() => fieldOf(written.intake_schema), [written]);
  const [form, setForm] = useState<Form>({
    ...{ project: '', budget: '', goesOn: written.auto_advance === true },
    ...{ isText: field.kind !== 'group', draft: givenDraftOf(field, undefined), text: '' },
  });
  const [faults, setFaults] = useState(NO_FAULTS);
  const start = useStartRun();
  const navigate = useNavigate();
  const put = (part: Partial<Form>) => setForm({ ...form, ...part });
  const intake = () => readIntake(form, field);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = intake();
    setFaults('faults' in read ? read.faults : NO_FAULTS);
    if ('faults' in read) return;
    start.mutate(bodyOf(profile, form, read.intake), {
      onSuccess: ({ run_id: runId }) =>
        void navigate({ to: '/runs/$runId', params: { runId }, ignoreBlocker: true }),
    });
  };
  const turn = (isText: boolean) => {
    const read = intake();
    const isKept = isText && 'intake' in read && Object.keys(read.intake).length > 0;
    put({ isText, ...(isKept && { text: printSource(read.intake, 'yaml') }) });
  };
  return (
    <form className="field-stack" onSubmit={submit}>
      <RunFields {...{ profile, form, put, fault: faults.get(BUDGET) }} />
      <IntakePart {...{ field, form, faults, put }} turn={turn} error={start.error} />
      {start.error !== null && <Failure error={start.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          {words.close}
        </Button>
        <Button type="submit" loading={start.isPending}>
          {words.verb}
        </Button>
      </Group>
    </form>
  );
}

interface RunFieldsProps {
  readonly profile: ProfileView;
  readonly form: Form;
  readonly put: (part: Partial<Form>) => void;
  /** What is wrong with the budget. */
  readonly fault: string | undefined;
}

function RunFields({ profile: { title, name, profile }, form, put, fault }: RunFieldsProps) {
  const { budget } = profile;
  return (
    <>
      <div className="start-row">
        <TextInput
          label={words.project}
          placeholder={title ?? name}
          value={form.project}
          maxLength={255}
          onChange={(event) => put({ project: event.currentTarget.value })}
          data-autofocus
        />
        <TextInput
          label={words.budget}
          placeholder={budget === undefined ? undefined : words.budgetHint(`${budget.usd}`)}
          inputMode="decimal"
          value={form.budget}
          error={fault}
          onChange={(event) => put({ budget: event.currentTarget.value })}
        />
      </div>
      <Switch
        size="xs"
        label={words.auto}
        description={words.autoHint}
        checked={form.goesOn}
        onChange={(event) => put({ goesOn: event.currentTarget.checked })}
      />
    </>
  );
}

interface IntakePartProps {
  readonly field: Field;
  readonly form: Form;
  readonly faults: Faults;
  readonly error: Error | null;
  readonly put: (part: Partial<Form>) => void;
  readonly turn: (isText: boolean) => void;
}

/** The intake, by its fields or as text. */
function IntakePart({ field, form, faults, error, put, turn }: IntakePartProps) {
  const told =
    error instanceof ApiError ? saidBelow(field, '/intake', error.validationErrors) : NO_FAULTS;
  return (
    <>
      <div className="row">
        <h3 className="grow">{words.intake}</h3>
        {field.kind === 'group' && (
          <SegmentedControl
            size="xs"
            aria-label={words.how}
            value={form.isText ? 'text' : 'fields'}
            data={[
              { value: 'fields', label: words.asFields },
              { value: 'text', label: words.asText },
            ]}
            onChange={(next) => turn(next === 'text')}
          />
        )}
      </div>
      {form.isText ? (
        <Textarea
          size="xs"
          aria-label={words.intakeText}
          placeholder="goal: Forecast the weekly demand"
          rows={6}
          value={form.text}
          spellCheck={false}
          classNames={{ input: 'code-input' }}
          error={faults.get('')}
          onChange={(event) => put({ text: event.currentTarget.value })}
        />
      ) : (
        <SchemaForm
          field={field}
          draft={form.draft}
          change={(draft) => put({ draft })}
          problems={new Map([...told, ...faults])}
          roomy
        />
      )}
    </>
  );
}

type Read = { readonly intake: JsonObject } | { readonly faults: Faults };

function readIntake(form: Form, field: Field): Read {
  if (!Number.isFinite(Number(form.budget))) {
    return { faults: new Map([[BUDGET, words.noNumber]]) };
  }
  if (!form.isText) {
    const { value, problems } = readDraft(field, form.draft);
    if (problems.length > 0) return { faults: problemTexts(problems) };
    return { intake: isObject(value) ? value : {} };
  }
  if (form.text.trim() === '') return { intake: {} };
  const read = readSource(form.text);
  return 'doc' in read ? { intake: read.doc } : { faults: new Map([['', read.fault.message]]) };
}

function bodyOf(
  { name, profile }: ProfileView,
  { project, budget, goesOn }: Form,
  intake: JsonObject,
): CreateRun {
  const usd = budget.trim() === '' ? undefined : Number(budget);
  const says = goesOn !== (profile.auto_advance === true);
  return {
    ...{ profile: name, intake },
    ...(project.trim() !== '' && { project_name: project.trim() }),
    // What the profile says holds for its phases one by one; a run says it for all of them.
    ...(says && { auto_advance: goesOn }),
    ...(usd !== undefined && { budget: { ...profile.budget, usd } }),
  };
}
