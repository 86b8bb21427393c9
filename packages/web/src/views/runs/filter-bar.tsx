import { Button, Select, TextInput } from '@mantine/core';
import { RUN_KINDS, RUN_STATUSES } from '@tenuto/contract';
import { useEffect, useState } from 'react';
import { after } from '../../data/clock.ts';
import {
  type RunFilters,
  readRunFilters,
  statusesOf,
  toggleStatus,
} from '../../logic/run-filters.ts';
import { StatusMark } from '../../ui/status.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.list;
const TYPING_MS = 300;

interface Props {
  readonly filters: RunFilters;
  readonly change: (filters: RunFilters) => void;
}

/** What narrows the list, each part of it in the address. */
export function FilterBar({ filters, change }: Props) {
  const chosen = statusesOf(filters.status);
  const put = (part: { readonly [K in keyof RunFilters]?: string | undefined }) =>
    change(readRunFilters({ ...filters, ...part }));
  return (
    <search className="filters">
      <Typed
        label={words.search}
        value={filters.name ?? ''}
        put={(name) => put({ name })}
        isSearch
      />
      <Typed label={words.tag} value={filters.tag ?? ''} put={(tag) => put({ tag })} />
      <Select
        aria-label={words.kind}
        placeholder={words.kind}
        data={RUN_KINDS.map((kind) => ({ value: kind, label: words.kinds[kind] }))}
        value={filters.kind ?? null}
        onChange={(kind) => put({ kind: kind ?? undefined })}
        clearable
        w={110}
      />
      <Select
        aria-label={words.since}
        placeholder={words.anyTime}
        data={Object.entries(words.sinces).map(([value, label]) => ({ value, label }))}
        value={filters.since ?? null}
        onChange={(since) => put({ since: since ?? undefined })}
        clearable
        w={160}
      />
      {Object.keys(filters).length > 0 && (
        <Button variant="subtle" onClick={() => change({})}>
          {words.clear}
        </Button>
      )}
      <fieldset className="filters-status" aria-label={words.status}>
        {RUN_STATUSES.map((status) => (
          <button
            key={status}
            type="button"
            className="chip"
            aria-pressed={chosen.includes(status)}
            onClick={() => change(toggleStatus(filters, status))}
          >
            <StatusMark status={status} />
          </button>
        ))}
      </fieldset>
    </search>
  );
}

interface TypedProps {
  readonly label: string;
  readonly value: string;
  readonly put: (value: string | undefined) => void;
  readonly isSearch?: boolean;
}

/** A field whose text becomes a filter once the typing pauses. */
function Typed({ label, value, put, isSearch = false }: TypedProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    return after(TYPING_MS, () => put(text.trim() || undefined));
  });
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      {...(isSearch && { 'data-search': true })}
    />
  );
}
