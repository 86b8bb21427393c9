import { Button, Group, Select, Textarea, TextInput } from '@mantine/core';
import { JITTERS, RETRY_STRATEGIES, type StoredRetryPolicy } from '@tenuto/contract';
import { ApiError } from '@tenuto/sdk';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useSavePolicy } from '../../data/policies.ts';
import { isStale } from '../../logic/field-errors.ts';
import {
  bodyOf,
  type PolicyForm as Form,
  faultsOf,
  fieldOf,
  formOf,
  NEW_POLICY,
  type PolicyField,
  policyOf,
  shows,
} from '../../logic/policy-form.ts';
import { messageOf } from '../../ui/notice.tsx';
import { UnsavedGuard } from '../../ui/unsaved.tsx';
import { POLICY_WORDS as words } from '../../words-policies.ts';
import { DelayPicture } from './delay-picture.tsx';

interface Props {
  /** As it is on the server; undefined for a new one. */
  readonly stored: StoredRetryPolicy | undefined;
  readonly saved: (policy: StoredRetryPolicy) => void;
  readonly beside?: ReactNode;
}

/** The fields of a retry policy, and what they come to. */
export function PolicyForm({ stored, saved, beside }: Props) {
  const [form, setForm] = useState(() => (stored === undefined ? NEW_POLICY : formOf(stored)));
  // What was read when the writing began: a newer version must not be overwritten unseen.
  const [base, setBase] = useState(stored);
  const opened = base === undefined ? NEW_POLICY : formOf(base);
  const save = useSavePolicy();
  const faults = faultsOf(form);
  const isBad = Object.keys(faults).length > 0;
  const send = (over: StoredRetryPolicy | undefined) =>
    save.mutate(
      {
        body: bodyOf(form, over),
        ...(over !== undefined && { of: { policyId: over.policy_id, version: over.version } }),
      },
      {
        onSuccess: (policy) => {
          setBase(policy);
          saved(policy);
        },
      },
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isBad) send(base);
  };
  const take = (theirs: StoredRetryPolicy) => {
    setForm(formOf(theirs));
    setBase(theirs);
    save.reset();
  };
  const put = (field: PolicyField, value: string) => setForm({ ...form, [field]: value });
  return (
    <form onSubmit={submit} className="stack policy-form">
      <Fields
        form={form}
        put={put}
        errors={errorsOf(form, save.error)}
        picture={!isBad && <DelayPicture policy={policyOf(form)} />}
      />
      <Refusal error={save.error} stored={stored} take={take} overwrite={send} />
      <Group justify="space-between">
        <span>{beside}</span>
        <Button type="submit" loading={save.isPending} disabled={isBad || form.name.trim() === ''}>
          {stored === undefined ? words.createVerb : words.save}
        </Button>
      </Group>
      <UnsavedGuard isDirty={JSON.stringify(form) !== JSON.stringify(opened)} isPanel />
    </form>
  );
}

type Errors = Readonly<Partial<Record<PolicyField, string>>>;

/** What is wrong with each field, by this page or by the server. */
function errorsOf(form: Form, refusal: Error | null): Errors {
  const said = refusal instanceof ApiError ? refusal.validationErrors : [];
  const errors: Partial<Record<PolicyField, string>> = {};
  for (const { path, message } of said) {
    const field = fieldOf(path);
    if (field !== undefined) errors[field] ??= message;
  }
  for (const [field, fault] of Object.entries(faultsOf(form))) {
    errors[field as PolicyField] = fault === 'number' ? words.wrongNumber : words.wrongDuration;
  }
  return errors;
}

interface FieldsProps {
  readonly form: Form;
  readonly put: (field: PolicyField, value: string) => void;
  readonly errors: Errors;
  /** What the strategy comes to. */
  readonly picture: ReactNode;
}

const TEXTS: readonly (readonly [PolicyField, string, string?])[] = [
  ['attempts', words.attempts],
  ['base', words.base, words.duration],
  ['multiplier', words.multiplier],
  ['delays', words.delays],
  ['longest', words.longest, words.duration],
];
const MORE: readonly (readonly [PolicyField, string, string?])[] = [
  ['range', words.range],
  ['threshold', words.threshold],
  ['closes', words.closes],
  ['opensFor', words.opensFor, words.duration],
  ['total', words.total, words.totalHint],
  ['retryable', words.retryable, words.typesHint],
  ['never', words.never, words.typesHint],
  ['jobTypes', words.jobTypes, words.jobTypesHint],
];

function Fields({ form, put, errors, picture }: FieldsProps) {
  const text = ([field, label, hint]: (typeof TEXTS)[number]) =>
    shows(form, field) && (
      <TextInput
        key={field}
        label={label}
        placeholder={hint}
        value={form[field]}
        error={errors[field]}
        onChange={(event) => put(field, event.currentTarget.value)}
      />
    );
  return (
    <>
      {text(['name', words.name])}
      <Textarea
        label={words.description}
        value={form.description}
        error={errors.description}
        onChange={(event) => put('description', event.currentTarget.value)}
        rows={2}
      />
      <Select
        label={words.strategy}
        data={RETRY_STRATEGIES.map((value) => ({ value, label: words.strategies[value] }))}
        value={form.strategy}
        error={errors.strategy}
        onChange={(strategy) => put('strategy', strategy ?? form.strategy)}
        allowDeselect={false}
      />
      {picture}
      <div className="policy-grid">{TEXTS.map(text)}</div>
      {shows(form, 'jitter') && (
        <Select
          label={words.jitter}
          data={JITTERS.map((value) => ({ value, label: words.jitters[value] }))}
          value={form.jitter}
          error={errors.jitter}
          onChange={(jitter) => put('jitter', jitter ?? form.jitter)}
          allowDeselect={false}
        />
      )}
      <div className="policy-grid">{MORE.map(text)}</div>
    </>
  );
}

interface RefusalProps {
  readonly error: Error | null;
  /** As it is on the server by now. */
  readonly stored: StoredRetryPolicy | undefined;
  readonly take: (theirs: StoredRetryPolicy) => void;
  readonly overwrite: (theirs: StoredRetryPolicy) => void;
}

function Refusal({ error, stored, take, overwrite }: RefusalProps) {
  if (error === null) return null;
  if (!isStale(error) || stored === undefined) {
    return (
      <p className="tone-red" role="alert">
        {messageOf(error)}
      </p>
    );
  }
  return (
    <div className="failure" role="alert">
      <strong>{words.conflict}</strong>
      <p>{words.conflictText}</p>
      <div className="row">
        <Button size="compact-sm" variant="default" onClick={() => take(stored)}>
          {words.takeTheirs}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => overwrite(stored)}>
          {words.overwrite}
        </Button>
      </div>
    </div>
  );
}
