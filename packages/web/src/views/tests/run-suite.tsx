import { Button, Group, Select, Textarea } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Json, JsonObject } from '@tenuto/contract';
import { type FormEvent, useState } from 'react';
import { useCatalogue, useRunSuite } from '../../data/tests.ts';
import { paramsOfEntry } from '../../logic/test-params.ts';
import { Failure } from '../../ui/notice.tsx';
import { tell } from '../../ui/toasts.ts';
import { FormModal } from '../../ui/unsaved.tsx';
import { WORDS } from '../../words.ts';
import { TEST_WORDS as words } from '../../words-test.ts';

interface Props {
  /** The suite that is asked about, null for any; undefined while nobody asks. */
  readonly suite: string | null | undefined;
  readonly close: () => void;
}

/** Makes a job of a suite, and goes to its run. */
export function RunSuite({ suite, close }: Props) {
  return (
    <FormModal opened={suite !== undefined} onClose={close} title={words.runTitle}>
      {suite !== undefined && <Form key={suite} first={suite} close={close} />}
    </FormModal>
  );
}

interface FormProps {
  readonly first: string | null;
  readonly close: () => void;
}

function Form({ first, close }: FormProps) {
  const { data } = useCatalogue();
  const entries = data?.pages.flatMap(({ items }) => items) ?? [];
  const suites = entries.filter(({ kind }) => kind === 'suite');
  const [picked, setPicked] = useState<string | null>(first);
  const suite = picked ?? suites[0]?.id ?? null;
  const entry = suites.find(({ id }) => id === suite);
  const [typed, setTyped] = useState<string>();
  const text = typed ?? JSON.stringify(paramsOfEntry(entry), null, 2);
  const [bad, setBad] = useState<string>();
  const navigate = useNavigate();
  const run = useRunSuite();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readObject(text);
    setBad('bad' in read ? read.bad : undefined);
    if ('bad' in read || suite === null) return;
    run.mutate(
      { suite, context: read.value },
      {
        onSuccess: ({ job_id: runId }) => {
          close();
          tell(words.started);
          void navigate({ to: '/runs/$runId', params: { runId }, ignoreBlocker: true });
        },
      },
    );
  };
  return (
    <form className="stack" onSubmit={submit}>
      {data !== undefined && suites.length === 0 ? (
        <NoSuite close={close} />
      ) : (
        <p>{words.runText}</p>
      )}
      <Select
        label={words.suite}
        data={suites.map(({ id }) => id)}
        value={suite}
        onChange={(value) => {
          setPicked(value);
          setTyped(undefined);
        }}
        allowDeselect={false}
        searchable
      />
      <Textarea
        label={words.context}
        description={words.contextHint}
        size="xs"
        rows={4}
        value={text}
        onChange={(event) => setTyped(event.currentTarget.value)}
        error={bad !== undefined && words.contextBad + bad}
        spellCheck={false}
        classNames={{ input: 'code-input' }}
      />
      {run.error !== null && <Failure error={run.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          {WORDS.editor.close}
        </Button>
        <Button type="submit" loading={run.isPending} disabled={suite === null}>
          {words.run}
        </Button>
      </Group>
    </form>
  );
}

/** Where suites come from, when there is none. */
function NoSuite({ close }: Pick<Props, 'close'>) {
  return (
    <p>
      {words.noSuite}{' '}
      <Link to="/tests" search={{ view: 'catalogue' }} onClick={close}>
        {words.toCatalogue}
      </Link>
    </p>
  );
}

function readObject(text: string): { readonly value: JsonObject } | { readonly bad: string } {
  try {
    const value: Json = text.trim() === '' ? {} : JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      // What is no list and no plain value is an object, which the type of lists does not tell.
      return { value: Object.fromEntries(Object.entries(value)) };
    }
    return { bad: text };
  } catch (error) {
    return { bad: error instanceof Error ? error.message : String(error) };
  }
}
