import { Button, Group, Modal, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { whatBegins } from '../data/begun.ts';
import { WORDS } from '../words.ts';
import { RUN_WORDS } from '../words-run.ts';
import { Failure } from './notice.tsx';
import { saidHere } from './toasts.ts';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** The verb on its button. */
  readonly verb: string;
  readonly danger?: boolean;
  /** Whether a reason may be given. */
  readonly reason?: boolean;
  /** Whether one must be. */
  readonly reasonNeeded?: boolean;
  readonly children?: ReactNode;
  /** The dialog stays until the change that it begins is made, and when it is refused. */
  act(reason: string | undefined): void;
}

interface Props {
  readonly question: Question | undefined;
  readonly close: () => void;
}

/** Asks before something is done that others will notice. */
export function Confirm({ question, close }: Props) {
  return (
    <Modal opened={question !== undefined} onClose={close} title={question?.title} size="sm">
      {question !== undefined && <Form question={question} close={close} />}
    </Modal>
  );
}

function Form({ question, close }: { readonly question: Question; readonly close: () => void }) {
  const [reason, setReason] = useState('');
  const given = reason.trim();
  const { submit, isBusy, error } = useAnswer(() => {
    const begun = whatBegins(() => question.act(given === '' ? undefined : given));
    if (begun === undefined) close();
    return begun?.then(close);
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className="ask">{question.text}</p>
      {question.children}
      {(question.reason || question.reasonNeeded) && (
        <TextInput
          label={RUN_WORDS.page.reason}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={1_000}
          data-autofocus
        />
      )}
      {error !== undefined && <Failure error={error} />}
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={close}>
          {WORDS.common.cancel}
        </Button>
        <Button
          type="submit"
          loading={isBusy}
          {...(question.danger && { color: 'red' })}
          disabled={question.reasonNeeded === true && given === ''}
        >
          {question.verb}
        </Button>
      </Group>
    </form>
  );
}

/** Does what was asked for, and says in place why it was not done: a reason that was typed stays. */
function useAnswer(act: () => Promise<void> | undefined) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = () => {
    setBusy(true);
    setError(undefined);
    act()
      ?.catch((failed: unknown) => {
        saidHere(failed);
        setError(failed);
      })
      .finally(() => setBusy(false));
  };
  return { submit, isBusy, error };
}
