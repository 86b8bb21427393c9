import { Button, Select, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { after } from '../../data/clock.ts';
import { isNarrowing } from '../../logic/strict-search.ts';
import { type AuditSearch, readAuditSearch } from '../../logic/system-search.ts';
import { AUDIT_WORDS as words } from '../../words-audit.ts';

const TYPING_MS = 400;

interface Props {
  readonly filters: AuditSearch;
  readonly change: (filters: AuditSearch) => void;
}

const FIELDS = [
  ['actor', words.actorFilter],
  ['action', words.actionFilter],
  ['subject', words.subjectFilter],
] as const;

/** What narrows the audit, each part of it in the address. */
export function AuditFilters({ filters, change }: Props) {
  const put = (part: Readonly<Record<string, string | null>>) =>
    change(readAuditSearch({ ...filters, ...part }));
  return (
    <search className="row audit-filters">
      {FIELDS.map(([field, label]) => (
        <Typed
          key={field}
          label={label}
          value={filters[field] ?? ''}
          put={(text) => put({ [field]: text })}
        />
      ))}
      <Select
        aria-label={words.since}
        placeholder={words.anyTime}
        data={Object.entries(words.sinces).map(([value, label]) => ({ value, label }))}
        value={filters.since ?? null}
        onChange={(since) => put({ since, from: null, to: null })}
        clearable
        w={150}
      />
      {filters.since === undefined && (filters.from ?? filters.to) !== undefined && (
        <span className="chip">
          {filters.from} – {filters.to}
        </span>
      )}
      {isNarrowing(filters) && (
        <Button variant="subtle" onClick={() => change({})}>
          {words.clear}
        </Button>
      )}
    </search>
  );
}

interface TypedProps {
  readonly label: string;
  readonly value: string;
  readonly put: (text: string) => void;
}

function Typed({ label, value, put }: TypedProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    return after(TYPING_MS, () => put(text.trim()));
  });
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      {...(label === words.actorFilter && { 'data-search': true })}
    />
  );
}
