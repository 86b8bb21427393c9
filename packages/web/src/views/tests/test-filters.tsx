import { Button, Select } from '@mantine/core';
import { TEST_STATUSES } from '@tenuto/contract';
import { useCatalogue } from '../../data/tests.ts';
import {
  isNarrowed,
  readTestSearch,
  TEST_SORTS,
  type TestSearch,
} from '../../logic/test-search.ts';
import { FilterField } from '../../ui/filter-field.tsx';
import { statusWord } from '../../words.ts';
import { TEST_WORDS as words } from '../../words-test.ts';

interface Props {
  readonly search: TestSearch;
  readonly change: (next: TestSearch) => void;
}

/** What narrows the list of tests, each part of it in the address. */
export function TestFilters({ search, change }: Props) {
  const put = (part: { readonly [K in keyof TestSearch]?: string | null | undefined }) =>
    change(readTestSearch({ ...search, ...part }));
  return (
    <search className="row">
      <FilterField
        label={words.search}
        value={search.name ?? ''}
        put={(name) => put({ name })}
        isSearch
      />
      <SuiteFilter suite={search.suite} put={(suite) => put({ suite })} />
      <FilterField label={words.owner} value={search.owner ?? ''} put={(owner) => put({ owner })} />
      <Select
        aria-label={words.status}
        placeholder={words.status}
        data={TEST_STATUSES.map((value) => ({ value, label: statusWord(value) }))}
        value={search.status ?? null}
        onChange={(status) => put({ status })}
        clearable
        w={120}
      />
      <Select
        aria-label={words.sort}
        data={TEST_SORTS.map((value) => ({ value, label: words.sorts[value] }))}
        value={search.sort ?? 'flake_score'}
        onChange={(sort) => put({ sort })}
        allowDeselect={false}
        w={160}
      />
      {(['flaky', 'quarantined'] as const).map((one) => (
        <button
          key={one}
          type="button"
          className="chip"
          aria-pressed={search[one] === 'yes'}
          onClick={() => put({ [one]: search[one] === 'yes' ? undefined : 'yes' })}
        >
          {words[one]}
        </button>
      ))}
      {isNarrowed(search) && (
        <Button variant="subtle" onClick={() => change({})}>
          {words.clear}
        </Button>
      )}
    </search>
  );
}

interface SuiteProps {
  readonly suite: string | undefined;
  readonly put: (suite: string | null) => void;
}

/** Suites of the catalogue, and the one that is asked for: reports may name others. */
function SuiteFilter({ suite, put }: SuiteProps) {
  const { data } = useCatalogue();
  const entries = data?.pages.flatMap(({ items }) => items) ?? [];
  const suites = entries.filter(({ kind }) => kind === 'suite').map(({ id }) => id);
  return (
    <Select
      aria-label={words.suite}
      placeholder={words.suite}
      data={suite === undefined || suites.includes(suite) ? suites : [...suites, suite]}
      value={suite ?? null}
      onChange={put}
      searchable
      clearable
      w={150}
    />
  );
}
