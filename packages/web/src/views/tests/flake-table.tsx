import { Link } from '@tanstack/react-router';
import type { Test } from '@tenuto/contract';
import { useTestHistory } from '../../data/tests.ts';
import { shortId } from '../../logic/format.ts';
import { type Evidence, evidenceOf } from '../../logic/test-results.ts';
import { Rows } from '../../ui/rows.tsx';
import { When } from '../../ui/time.tsx';
import { TEST_WORDS as words } from '../../words-test.ts';
import { RecentStrip } from './result-strip.tsx';
import { FlakeScore, TestName } from './test-table.tsx';

/** Flaky tests, the worst first, with what they are called so for. */
export function FlakeTable({ tests }: { readonly tests: readonly Test[] }) {
  return (
    <div className="card table-scroll">
      <table className="table table-cards">
        <thead>
          <tr>
            <th>{words.flakes}</th>
            <th>{words.name}</th>
            <th>{words.page.strip}</th>
            <th>{words.evidence}</th>
            <th>{words.page.flakyPasses}</th>
            <th>{words.page.failed}</th>
            <th>{words.owner}</th>
          </tr>
        </thead>
        <Rows items={tests}>
          {(test) => (
            <tr key={test.test_id}>
              <td className="num">
                <FlakeScore test={test} />
              </td>
              <td className="first">
                <TestName test={test} />
              </td>
              <td>
                <RecentStrip test={test} />
              </td>
              <td>
                <NewestEvidence testId={test.test_id} />
              </td>
              <td className="num" data-label={words.page.flakyPasses}>
                {test.flaky_passes}
              </td>
              <td className="num" data-label={words.page.failed}>
                {test.failures + test.errors}
              </td>
              <td className="dim" data-label={words.owner}>
                {test.owner ?? words.nobody}
              </td>
            </tr>
          )}
        </Rows>
      </table>
    </div>
  );
}

function NewestEvidence({ testId }: { readonly testId: string }) {
  const { data } = useTestHistory(testId);
  if (data === undefined) return null;
  const [newest] = evidenceOf(data.items);
  if (newest === undefined) return <span className="dim">{words.evidenceNone}</span>;
  return <EvidenceLine evidence={newest} />;
}

/** One revision, or one run, that did both. */
export function EvidenceLine({ evidence }: { readonly evidence: Evidence }) {
  const { of, isCommit, passed, failed, at, runId } = evidence;
  return (
    <span className="row">
      <span>{words.evidenceOf(passed, failed)}</span>
      <span className="dim">{isCommit ? words.commit : words.sameRun}</span>
      <Link to="/runs/$runId" params={{ runId }}>
        <code>{isCommit ? of.slice(0, 10) : shortId(of)}</code>
      </Link>
      <span className="dim">
        <When at={at} />
      </span>
    </span>
  );
}
