import { Link } from '@tanstack/react-router';
import type { Test } from '@tenuto/contract';
import { duration, percent } from '../../logic/format.ts';
import { resultStatus, testPlace } from '../../logic/test-results.ts';
import { Rows } from '../../ui/rows.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { TEST_WORDS as words } from '../../words-test.ts';
import { Sparkline } from './sparkline.tsx';

/** Tests with what they last came to, and how far that can be trusted. */
export function TestTable({ tests }: { readonly tests: readonly Test[] }) {
  return (
    <div className="card table-scroll">
      <table className="table table-cards">
        <thead>
          <tr>
            <th>{words.status}</th>
            <th>{words.name}</th>
            <th>{words.passRate}</th>
            <th>{words.flakes}</th>
            <th>{words.duration}</th>
            <th>{words.trend}</th>
            <th>{words.last}</th>
            <th>{words.owner}</th>
          </tr>
        </thead>
        <Rows items={tests}>{(test) => <Row key={test.test_id} test={test} />}</Rows>
      </table>
    </div>
  );
}

function Row({ test }: { readonly test: Test }) {
  const { pass_rate: rate, duration_p50_ms: p50 } = test;
  return (
    <tr>
      <td>
        <StatusMark status={resultStatus({ status: test.last_status, flaky: test.last_flaky })} />
      </td>
      <td className="first">
        <TestName test={test} />
      </td>
      <td className="num" data-label={words.passRate}>
        {rate === null ? '–' : percent(rate)}
      </td>
      <td className="num" data-label={words.flakes}>
        <FlakeScore test={test} />
      </td>
      <td className="num" data-label={words.duration}>
        {p50 === null ? '–' : duration(p50)}
      </td>
      <td>
        <Sparkline test={test} />
      </td>
      <td data-label={words.last}>
        <When at={test.last_run_at} />
      </td>
      <td className="dim" data-label={words.owner}>
        {test.owner ?? words.nobody}
      </td>
    </tr>
  );
}

/** The name of a test with where it is from, and whether it is in quarantine. */
export function TestName({ test }: { readonly test: Test }) {
  return (
    <span className="test-name">
      <Link to="/tests/$testId" params={{ testId: test.test_id }} className="test-link">
        {test.name}
      </Link>
      {test.quarantine !== null && (
        <span className="test-mark" title={test.quarantine.reason}>
          {words.quarantined}
        </span>
      )}
      <span className="dim">{testPlace(test)}</span>
    </span>
  );
}

/** How far a test does the same each time. */
export function FlakeScore({ test }: { readonly test: Test }) {
  const text = test.flake_score.toFixed(2);
  return test.flaky ? (
    <span className="tone-orange">
      {text} {words.flaky.toLowerCase()}
    </span>
  ) : (
    <span className="dim">{text}</span>
  );
}
