import { Button, Group, Modal, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { WORDS } from '../words.ts';
import { RUN_WORDS } from '../words-run.ts';

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
  const submit = () => {
    close();
    question.act(given === '' ? undefined : given);
  };
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
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={close}>
          {WORDS.common.cancel}
        </Button>
        <Button
          type="submit"
          {...(question.danger && { color: 'red' })}
          disabled={question.reasonNeeded === true && given === ''}
        >
          {question.verb}
        </Button>
      </Group>
    </form>
  );
}
