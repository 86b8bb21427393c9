import { Button, Group, Modal, Textarea, TextInput } from '@mantine/core';
import type { Json } from '@tenuto/contract';
import { type FormEvent, useState } from 'react';
import { usePublish } from '../../data/events.ts';
import { Failure } from '../../ui/notice.tsx';
import { tell } from '../../ui/toasts.ts';
import { EVENT_WORDS as words } from '../../words-event.ts';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  /** Where it goes, unless another topic is typed. */
  readonly topic: string;
}

/** Publishes one event by hand. */
export function PublishDialog({ opened, close, topic }: Props) {
  return (
    <Modal opened={opened} onClose={close} title={words.publish}>
      {opened && <Form close={close} topic={/[*#]/.test(topic) ? '' : topic} />}
    </Modal>
  );
}

function Form({ close, topic: first }: Omit<Props, 'opened'>) {
  const [topic, setTopic] = useState(first);
  const [payload, setPayload] = useState('{}');
  const [bad, setBad] = useState<string>();
  const publish = usePublish();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    let value: Json;
    try {
      value = JSON.parse(payload);
    } catch (error) {
      return setBad(error instanceof Error ? error.message : String(error));
    }
    setBad(undefined);
    publish.mutate(
      { topic: topic.trim(), payload: value },
      {
        onSuccess: () => {
          tell(words.sent);
          close();
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="publish">
      <TextInput
        label={words.topic}
        value={topic}
        onChange={(event) => setTopic(event.currentTarget.value)}
        required
        withAsterisk={false}
        maxLength={100}
        data-autofocus
      />
      <Textarea
        label={words.payload}
        value={payload}
        onChange={(event) => setPayload(event.currentTarget.value)}
        rows={6}
        classNames={{ input: 'code-input' }}
        spellCheck={false}
        error={bad !== undefined && words.payloadBad + bad}
      />
      {publish.error !== null && <Failure error={publish.error} />}
      <Group justify="flex-end" mt="sm">
        <Button type="submit" loading={publish.isPending}>
          {words.send}
        </Button>
      </Group>
    </form>
  );
}
