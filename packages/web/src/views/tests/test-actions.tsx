import { Button, Group, TextInput } from '@mantine/core';
import type { EditTest, Test } from '@tenuto/contract';
import { type FormEvent, useState } from 'react';
import { useMay } from '../../data/scopes.ts';
import { useEditTest } from '../../data/tests.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { Failure } from '../../ui/notice.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { FormModal } from '../../ui/unsaved.tsx';
import { WORDS } from '../../words.ts';
import { TEST_WORDS } from '../../words-test.ts';

const words = TEST_WORDS.actions;

/** What may be said about a test: whether its failures count, and who is in charge. */
export function TestActions({ test }: { readonly test: Test }) {
  const [dialog, setDialog] = useState<'quarantine' | 'owner'>();
  const [question, setQuestion] = useState<Question>();
  const edit = useEditTest(test);
  if (!useMay()('jobs:write')) return null;
  const close = () => {
    setDialog(undefined);
    edit.reset();
  };
  const save = (changes: EditTest, said: string) =>
    edit.mutate(changes, {
      onSuccess: () => {
        close();
        tell(said);
      },
    });
  const askEnd = () =>
    setQuestion({
      ...{ title: `${words.end}?`, text: words.endText, verb: words.end },
      act: () =>
        edit.mutate(
          { quarantine: null },
          {
            onSuccess: () => tell(words.ended),
            onError: (error) => tellFailure(words.failed, error),
          },
        ),
    });
  const form = { error: edit.error, isSaving: edit.isPending, close };
  return (
    <div className="row">
      {test.quarantine === null ? (
        <Button variant="default" onClick={() => setDialog('quarantine')}>
          {words.quarantine}
        </Button>
      ) : (
        <Button variant="default" onClick={askEnd}>
          {words.end}
        </Button>
      )}
      <Button variant="default" onClick={() => setDialog('owner')}>
        {words.owner}
      </Button>
      <FormModal opened={dialog === 'quarantine'} onClose={close} title={words.quarantine}>
        <QuarantineForm {...form} save={(changes) => save(changes, words.quarantined)} />
      </FormModal>
      <FormModal opened={dialog === 'owner'} onClose={close} title={words.owner} size="sm">
        <OwnerForm {...form} test={test} save={(changes) => save(changes, words.ownerSaved)} />
      </FormModal>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </div>
  );
}

interface FormProps {
  readonly error: Error | null;
  readonly isSaving: boolean;
  readonly close: () => void;
  readonly save: (changes: EditTest) => void;
}

function QuarantineForm({ save, ...rest }: FormProps) {
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const at = until === '' ? {} : { until: new Date(until).toISOString() };
    save({ quarantine: { reason: reason.trim(), ...at } });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p>{words.quarantineText}</p>
      <TextInput
        label={words.reason}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={1_000}
        required
        data-autofocus
      />
      <TextInput
        label={words.until}
        description={words.untilHint}
        type="datetime-local"
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
      <Buttons {...rest} verb={words.quarantine} disabled={reason.trim() === ''} />
    </form>
  );
}

function OwnerForm({ test, save, ...rest }: FormProps & { readonly test: Test }) {
  const [owner, setOwner] = useState(test.owner ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const name = owner.trim();
    save({ owner: name === '' ? null : name });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextInput
        label={TEST_WORDS.owner}
        description={words.ownerHint}
        value={owner}
        onChange={(event) => setOwner(event.currentTarget.value)}
        maxLength={255}
        data-autofocus
      />
      <Buttons {...rest} verb={words.ownerSave} disabled={false} />
    </form>
  );
}

interface ButtonsProps extends Omit<FormProps, 'save'> {
  readonly verb: string;
  readonly disabled: boolean;
}

function Buttons({ error, isSaving, close, verb, disabled }: ButtonsProps) {
  return (
    <>
      {error !== null && <Failure error={error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          {WORDS.common.cancel}
        </Button>
        <Button type="submit" loading={isSaving} disabled={disabled}>
          {verb}
        </Button>
      </Group>
    </>
  );
}
