import { Button, Group, Textarea } from '@mantine/core';
import type { Json } from '@tenuto/contract';
import { type FormEvent, useState } from 'react';
import { useRunAction } from '../../data/run-actions.ts';
import { FormModal } from '../../ui/unsaved.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.node;

interface Props {
  readonly runId: string;
  readonly name: string;
}

/** Sends a run the signal that one of its nodes waits for. */
export function SendSignal({ runId, name }: Props) {
  const [opened, setOpened] = useState(false);
  const [text, setText] = useState('null');
  const [bad, setBad] = useState<string>();
  const action = useRunAction(runId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    let payload: Json;
    try {
      payload = JSON.parse(text);
    } catch (error) {
      return setBad(error instanceof Error ? error.message : String(error));
    }
    setBad(undefined);
    // What was typed stays where the server refuses it.
    action.mutate({ do: 'signal', name, payload }, { onSuccess: () => setOpened(false) });
  };
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {words.signal(name)}
      </Button>
      <FormModal opened={opened} onClose={() => setOpened(false)} title={words.signal(name)}>
        <form onSubmit={submit}>
          <p className="ask">{words.signalText}</p>
          <Textarea
            label={words.payload}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            rows={5}
            classNames={{ input: 'code-input' }}
            spellCheck={false}
            error={bad !== undefined && words.payloadBad + bad}
            data-autofocus
          />
          <Group justify="flex-end" mt="md">
            <Button type="submit" loading={action.isPending}>
              {words.signal(name)}
            </Button>
          </Group>
        </form>
      </FormModal>
    </>
  );
}
