import { Button, Select } from '@mantine/core';
import { isNarrowing } from '../../logic/strict-search.ts';
import { type AuditSearch, readAuditSearch } from '../../logic/system-search.ts';
import { FilterField } from '../../ui/filter-field.tsx';
import { AUDIT_WORDS as words } from '../../words-audit.ts';

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
        <FilterField
          key={field}
          label={label}
          value={filters[field] ?? ''}
          put={(text) => put({ [field]: text })}
          isSearch={field === 'actor'}
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
