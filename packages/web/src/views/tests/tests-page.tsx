import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../data/scopes.ts';
import { useTests } from '../../data/tests.ts';
import { count } from '../../logic/format.ts';
import {
  isNarrowed,
  TEST_VIEWS,
  type TestSearch,
  type TestsView,
  testQueryOf,
} from '../../logic/test-search.ts';
import { CopyButton } from '../../ui/copy-id.tsx';
import { useListKeys } from '../../ui/list-keys.ts';
import { Empty } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { TEST_WORDS as words } from '../../words-test.ts';
import { Catalogue } from './catalogue.tsx';
import { FlakeTable } from './flake-table.tsx';
import { RunSuite } from './run-suite.tsx';
import { TestFilters } from './test-filters.tsx';
import { TestTable } from './test-table.tsx';
import './tests.css';

/** All tests: what they last came to, which are not to be trusted, and what is registered. */
export function TestsPage() {
  const search = useSearch({ from: '/tests' });
  const [suite, setSuite] = useState<string | null>();
  const navigate = useNavigate();
  const may = useMay();
  const change = (next: TestSearch) => void navigate({ to: '/tests', search: next, replace: true });
  const view = search.view ?? 'tests';
  return (
    <Page
      title={words.title}
      aside={
        <>
          <span className="grow" />
          {may('jobs:write') && (
            <Button variant="default" onClick={() => setSuite(null)}>
              {words.run}
            </Button>
          )}
        </>
      }
    >
      <nav className="sections" aria-label={words.label}>
        {TEST_VIEWS.map((one) => (
          <Link
            key={one}
            to="/tests"
            search={searchOf(one, search)}
            activeOptions={{ exact: true, includeSearch: true }}
          >
            {words.views[one]}
          </Link>
        ))}
      </nav>
      {view === 'tests' && <AllTests search={search} change={change} />}
      {view === 'flakes' && <Flakes />}
      {view === 'catalogue' && <Catalogue run={setSuite} />}
      <RunSuite suite={suite} close={() => setSuite(undefined)} />
    </Page>
  );
}

/** All tests stay narrowed while one looks at them; the other views have nothing to narrow. */
function searchOf(view: TestsView, search: TestSearch): TestSearch {
  if (view !== 'tests') return { view };
  return search.view === undefined ? search : {};
}

interface AllProps {
  readonly search: TestSearch;
  readonly change: (next: TestSearch) => void;
}

function AllTests({ search, change }: AllProps) {
  const pages = useTests(testQueryOf(search));
  useListKeys('.test-link');
  const empty = isNarrowed(search) ? (
    <Empty title={words.noMatch}>
      <Button variant="default" onClick={() => change({})}>
        {words.clear}
      </Button>
    </Empty>
  ) : (
    <NoTests />
  );
  return (
    <>
      <TestFilters search={search} change={change} />
      <Paged pages={pages} empty={empty}>
        {(tests, total) => (
          <>
            <p className="dim">{words.found(count(total))}</p>
            <TestTable tests={tests} />
          </>
        )}
      </Paged>
    </>
  );
}

function NoTests() {
  return (
    <Empty title={words.empty} text={words.emptyText} example={words.emptyExample}>
      <p className="example">
        <code>{words.emptyThen}</code>
        <CopyButton text={words.emptyThen} what={words.emptyThen} />
      </p>
      <Link to="/tests" search={{ view: 'catalogue' }}>
        {words.emptyHere}
      </Link>
    </Empty>
  );
}

function Flakes() {
  const pages = useTests({ flaky: true });
  useListKeys('.test-link');
  return (
    <Paged pages={pages} empty={<Empty title={words.flakesEmpty} text={words.flakesEmptyText} />}>
      {(tests) => <FlakeTable tests={tests} />}
    </Paged>
  );
}
