import { Autocomplete, Button, Group, Textarea, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { usePublish, useTopics } from '../../data/events.ts';
import { JsonText } from '../../logic/json-text.ts';
import { Failure } from '../../ui/notice.tsx';
import { tell } from '../../ui/toasts.ts';
import { FormModal } from '../../ui/unsaved.tsx';
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
    <FormModal opened={opened} onClose={close} title={words.publish}>
      {opened && <Form close={close} topic={/[*#]/.test(topic) ? '' : topic} />}
    </FormModal>
  );
}

/** What is typed, and what becomes of it. */
function usePublishing(first: string, close: () => void) {
  const [draft, setDraft] = useState({ topic: first, payload: '{}', dedupeId: '' });
  const [tried, setTried] = useState(false);
  const publish = usePublish();
  const json = new JsonText();
  const payload = json.value(draft.payload, '/payload');
  const bad = json.faults[0]?.message;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (bad !== undefined) return;
    publish.mutate(
      { topic: draft.topic.trim(), payload, dedupeId: draft.dedupeId.trim() },
      {
        onSuccess: ({ details }) => {
          const known = 'event_id' in details ? details : undefined;
          tell(known?.duplicate ? words.duplicate : words.sent(known?.triggered_tasks ?? 0));
          close();
        },
      },
    );
  };
  const put = (part: Partial<typeof draft>) => setDraft((known) => ({ ...known, ...part }));
  return { draft, put, submit, publish, bad: tried ? bad : undefined };
}

function Form({ close, topic: first }: Omit<Props, 'opened'>) {
  const { draft, put, submit, publish, bad } = usePublishing(first, close);
  const { data: topics } = useTopics();
  return (
    <form onSubmit={submit} className="publish">
      <fieldset className="row presets" aria-label={words.examples}>
        {words.exampleList.map(([topic, payload, label]) => (
          <button
            key={topic}
            type="button"
            className="chip"
            onClick={() => put({ topic, payload })}
          >
            {label}
          </button>
        ))}
      </fieldset>
      <Autocomplete
        size="xs"
        // Topics would lie over the rest of the form as soon as it opens.
        openOnFocus={false}
        label={words.topic}
        data={[...new Set((topics?.items ?? []).map((item) => item.topic))]}
        value={draft.topic}
        onChange={(topic) => put({ topic })}
        required
        withAsterisk={false}
        maxLength={100}
        data-autofocus
      />
      <Textarea
        size="xs"
        label={words.payload}
        value={draft.payload}
        onChange={(event) => put({ payload: event.currentTarget.value })}
        rows={7}
        classNames={{ input: 'code-input' }}
        spellCheck={false}
        error={bad ?? false}
      />
      <TextInput
        label={words.dedupe}
        description={words.dedupeHint}
        value={draft.dedupeId}
        onChange={(event) => put({ dedupeId: event.currentTarget.value })}
        maxLength={255}
      />
      {publish.error !== null && <Failure error={publish.error} />}
      <p className="dim">
        {words.hook} <Link to="/system/webhooks">{words.hookLink}</Link>
      </p>
      <Group justify="flex-end">
        <Button type="submit" loading={publish.isPending}>
          {words.send}
        </Button>
      </Group>
    </form>
  );
}
