import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { TestEntry } from '@tenuto/contract';
import { useState } from 'react';
import { useMay } from '../../data/scopes.ts';
import { useCatalogue } from '../../data/tests.ts';
import { useOpened } from '../../ui/form-state.ts';
import { Empty } from '../../ui/notice.tsx';
import { Paged } from '../../ui/paged.tsx';
import { Rows } from '../../ui/rows.tsx';
import { TEST_WORDS } from '../../words-test.ts';
import { EntryForm } from './entry-form.tsx';

const words = TEST_WORDS.catalogue;

const NEW = '';
const keyOf = ({ created_by: by, id }: TestEntry): string => `${by} ${id}`;

/** Suites and cases that are registered: what runs each of them, and who is in charge. */
export function Catalogue({ run }: { readonly run: (suite: string) => void }) {
  const pages = useCatalogue();
  const [edited, setEdited] = useState<string>();
  const entries = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  const opened = useOpened(entries, keyOf, edited);
  const may = useMay();
  const register = may('jobs:write') && (
    <Button variant="default" onClick={() => setEdited(NEW)}>
      {words.register}
    </Button>
  );
  const none = (
    <Empty title={words.empty} text={words.emptyText} example={TEST_WORDS.emptyExample}>
      {register}
    </Empty>
  );
  return (
    <>
      <Paged pages={pages} empty={none}>
        {(entries) => (
          <>
            <div className="row">{register}</div>
            <Entries entries={entries} run={run} edit={(entry) => setEdited(keyOf(entry))} />
          </>
        )}
      </Paged>
      {edited !== undefined && (
        <EntryForm key={edited} before={opened} close={() => setEdited(undefined)} />
      )}
    </>
  );
}

interface EntriesProps {
  readonly entries: readonly TestEntry[];
  readonly run: (suite: string) => void;
  readonly edit: (entry: TestEntry) => void;
}

function Entries({ entries, run, edit }: EntriesProps) {
  return (
    <div className="card table-scroll">
      <table className="table table-cards">
        <thead>
          <tr>
            <th>{words.id}</th>
            <th>{words.kind}</th>
            <th>{words.command}</th>
            <th>{words.folder}</th>
            <th>{words.pattern}</th>
            <th>{words.owner}</th>
            <th />
          </tr>
        </thead>
        <Rows items={bySuite(entries)}>
          {(entry) => <Row key={keyOf(entry)} entry={entry} run={run} edit={() => edit(entry)} />}
        </Rows>
      </table>
    </div>
  );
}

/** Cases stand under their suite. */
function bySuite(entries: readonly TestEntry[]): readonly TestEntry[] {
  const key = ({ id, kind, suite_id: suite }: TestEntry) =>
    kind === 'suite' ? `${id} 0` : `${suite ?? id} 1 ${id}`;
  return entries.toSorted((a, b) => key(a).localeCompare(key(b)));
}

interface RowProps {
  readonly entry: TestEntry;
  readonly run: (suite: string) => void;
  readonly edit: () => void;
}

function Row({ entry, run, edit }: RowProps) {
  const { id, kind, title, command, folder, pattern, shards, owner, suite_id: suite } = entry;
  const may = useMay();
  const isCase = kind === 'case';
  return (
    <tr>
      <td className="first">
        <span className={isCase && suite !== null ? 'catalogue-case' : ''}>
          <code>{id}</code> {title !== null && <span className="dim">{title}</span>}
        </span>
      </td>
      <td>
        {words.kinds[kind]} {suite !== null && <span className="dim">{words.of(suite)}</span>}
        {shards !== null && <span className="dim">{`${words.shards}: ${shards}`}</span>}
      </td>
      <td>
        {command !== null ? (
          <code className="catalogue-command" title={command.join(' ')}>
            {command.join(' ')}
          </code>
        ) : (
          suite !== null && <span className="dim">{words.from(suite)}</span>
        )}
      </td>
      <td data-label={folder === null ? undefined : words.folder}>
        {folder !== null && <code>{folder}</code>}
      </td>
      <td data-label={pattern === null ? undefined : words.pattern}>
        {pattern !== null && <code>{pattern}</code>}
      </td>
      <td data-label={words.owner}>{owner}</td>
      <td>
        <span className="row catalogue-acts">
          {!isCase && (
            <Link to="/tests" search={{ suite: id }}>
              {words.tests}
            </Link>
          )}
          {may('jobs:write') && (
            <Button size="compact-xs" variant="default" onClick={edit}>
              {words.edit}
            </Button>
          )}
          {!isCase && may('jobs:write') && (
            <Button size="compact-xs" variant="default" onClick={() => run(id)}>
              {words.runNow}
            </Button>
          )}
        </span>
      </td>
    </tr>
  );
}
