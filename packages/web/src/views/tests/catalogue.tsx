import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { TestEntry } from '@tenuto/contract';
import { useMay } from '../../data/scopes.ts';
import { useCatalogue } from '../../data/tests.ts';
import { Empty } from '../../ui/notice.tsx';
import { Paged } from '../../ui/paged.tsx';
import { Rows } from '../../ui/rows.tsx';
import { TEST_WORDS } from '../../words-test.ts';

const words = TEST_WORDS.catalogue;

/** Suites and cases that are registered: what runs each of them, and who is in charge. */
export function Catalogue({ run }: { readonly run: (suite: string) => void }) {
  const pages = useCatalogue();
  return (
    <Paged
      pages={pages}
      empty={<Empty title={words.empty} text={words.emptyText} example={TEST_WORDS.emptyExample} />}
    >
      {(entries) => (
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
              {(entry) => <Row key={`${entry.created_by} ${entry.id}`} entry={entry} run={run} />}
            </Rows>
          </table>
        </div>
      )}
    </Paged>
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
}

function Row({ entry, run }: RowProps) {
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
        {!isCase && (
          <span className="row catalogue-acts">
            <Link to="/tests" search={{ suite: id }}>
              {words.tests}
            </Link>
            {may('jobs:write') && (
              <Button size="compact-xs" variant="default" onClick={() => run(id)}>
                {words.runNow}
              </Button>
            )}
          </span>
        )}
      </td>
    </tr>
  );
}
