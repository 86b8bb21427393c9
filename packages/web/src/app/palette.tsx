import { Modal } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useState } from 'react';
import { useSomeRuns } from '../data/runs.ts';
import { useThingsNamed } from '../data/things-named.ts';
import { StatusMark } from '../ui/status.tsx';
import { WORDS } from '../words.ts';
import { type Entry, pageEntries, runId, thingEntry } from './palette-entries.ts';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
}

/** One field that leads everywhere. */
export function Palette({ opened, close }: Props) {
  return (
    <Modal.Root
      opened={opened}
      onClose={close}
      yOffset="12vh"
      lockScroll={false}
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay />
      <Modal.Content className="palette" aria-label={WORDS.shell.palette}>
        <Modal.Body p={0}>{opened && <Search close={close} />}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** At once: people go on typing after the key that opens it. */
const focusAtOnce = (field: HTMLInputElement | null) => field?.focus();

function Search({ close }: { readonly close: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const navigate = useNavigate();
  const entries = useEntries(text.trim());
  const go = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    close();
    void navigate({ to: entry.to, search: entry.search ?? {} });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt((at + step + entries.length) % Math.max(1, entries.length));
    }
    if (event.key === 'Enter') go(entries[at]);
  };
  return (
    <>
      <input
        ref={focusAtOnce}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        placeholder={WORDS.palette.placeholder}
        aria-label={WORDS.palette.placeholder}
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={entries[at] && `palette-${at}`}
        data-autofocus
      />
      {entries.length === 0 && <p className="nothing">{WORDS.palette.nothing}</p>}
      <Choices entries={entries} at={at} go={go} />
    </>
  );
}

interface ChoicesProps {
  readonly entries: readonly Entry[];
  readonly at: number;
  readonly go: (entry: Entry) => void;
}

function Choices({ entries, at, go }: ChoicesProps) {
  return (
    <div id="palette-list" role="listbox" aria-label={WORDS.shell.palette}>
      {entries.map((entry, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the field's.
        <div
          key={entry.key}
          id={`palette-${index}`}
          role="option"
          aria-selected={index === at}
          onClick={() => go(entry)}
        >
          {entry.status !== undefined && <StatusMark status={entry.status} bare />}
          <span>{entry.label}</span>
          <span className="hint">{entry.hint}</span>
        </div>
      ))}
    </div>
  );
}

function useEntries(text: string): readonly Entry[] {
  const id = runId(text);
  const named = text !== '' && id === undefined ? { name: `${text}*`, limit: 8 } : { limit: 6 };
  const { data } = useSomeRuns(named);
  const things = useThingsNamed(id === undefined ? text : '');
  const runs = (data?.items ?? []).map((run) => ({
    key: run.run_id,
    to: `/runs/${run.run_id}`,
    label: run.name,
    hint: WORDS.palette.runs,
    status: run.status,
  }));
  const byId = { label: WORDS.palette.openRun(text), hint: WORDS.palette.runs };
  return [
    ...(id === undefined ? [] : [{ key: 'id', to: `/runs/${id}`, ...byId }]),
    ...pageEntries(text),
    ...things.map(thingEntry),
    ...(id === undefined ? runs : []),
  ];
}
