import { Link } from '@tanstack/react-router';
import type { TestResult } from '@tenuto/contract';
import { duration } from '../../logic/format.ts';
import { resultStatus } from '../../logic/test-results.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { Rows } from '../../ui/rows.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { TEST_WORDS } from '../../words-test.ts';

const words = TEST_WORDS.page;

/** Results of a test, newest first, with the runs and the logs that they are from. */
export function ResultTable({ results }: { readonly results: readonly TestResult[] }) {
  if (results.length === 0) return <p className="card-body dim">{words.noResults}</p>;
  return (
    <div className="table-scroll">
      <table className="table table-cards">
        <thead>
          <tr>
            <th>{words.result}</th>
            <th>{words.at}</th>
            <th>{words.took}</th>
            <th>{words.attempt}</th>
            <th>{words.branch}</th>
            <th>{words.commit}</th>
            <th>{words.run}</th>
            <th>{words.message}</th>
          </tr>
        </thead>
        <Rows items={results}>
          {(result) => (
            <Row
              key={`${result.run_id} ${result.node_id} ${result.attempt} ${result.at}`}
              result={result}
            />
          )}
        </Rows>
      </table>
    </div>
  );
}

function Row({ result }: { readonly result: TestResult }) {
  const { run_id: runId, node_id: node, attempt, at, branch, commit, message } = result;
  return (
    <tr>
      <td>
        <StatusMark status={resultStatus(result)} />
        {result.quarantined && <span className="test-mark">{TEST_WORDS.quarantined}</span>}
      </td>
      <td>
        <When at={at} />
      </td>
      <td className="num">{duration(result.duration_ms)}</td>
      <td className="num" data-label={words.attempt}>
        {attempt}
      </td>
      <td>{branch}</td>
      <td>{commit !== null && <CopyId id={commit} />}</td>
      <td className="num">
        <Link to="/runs/$runId" params={{ runId }} search={{ node }}>
          {node}
        </Link>
        {' · '}
        <Link to="/runs/$runId" params={{ runId }} search={{ tab: 'log', node }}>
          {words.log}
        </Link>
      </td>
      <td className="test-message" title={message ?? ''}>
        {message}
      </td>
    </tr>
  );
}
