import { useNavigate } from '@tanstack/react-router';
import type { RunDetail } from '@tenuto/contract';
import { useState } from 'react';
import { useRunNodes } from '../../data/runs.ts';
import { useFindTest } from '../../data/tests.ts';
import { count, duration } from '../../logic/format.ts';
import { type TestCaseView, testCases } from '../../logic/test-cases.ts';
import { Empty } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.tests;
const SECOND_MS = 1_000;
const SHOWN = 200;

/** What the tests of a run have come to: failures first, with what they said. */
export function TestsTab({ run }: { readonly run: RunDetail }) {
  const { data: job } = useRunNodes(run.run_id);
  const [most, setMost] = useState(SHOWN);
  if (job === undefined) return <Waiting rows={6} />;
  const { cases, omitted } = testCases(job.nodes ?? []);
  if (cases.length === 0) {
    return <Empty title={words.empty} text={words.emptyText} example={words.emptyExample} />;
  }
  const bad = cases.filter(({ status }) => status === 'failed' || status === 'error');
  const flaky = cases.filter((one) => one.flaky);
  return (
    <section className="card">
      <header>
        <h2>{words.title}</h2>
        <span className="dim num">
          {words.counts(count(cases.length + omitted), count(bad.length), count(flaky.length))}
        </span>
      </header>
      <div className="table-scroll">
        <table className="table table-cards run-tests">
          <thead>
            <tr>
              <th>{RUN_WORDS.list.status}</th>
              <th>{words.test}</th>
              <th>{RUN_WORDS.node.title}</th>
              <th>{RUN_WORDS.node.took}</th>
            </tr>
          </thead>
          <tbody>
            {cases.slice(0, most).map((one) => (
              <Case key={one.key} of={one} />
            ))}
          </tbody>
        </table>
      </div>
      {cases.length > most && (
        <p className="card-body">
          <button type="button" className="link" onClick={() => setMost(most + 5 * SHOWN)}>
            {words.more(count(cases.length - most))}
          </button>
        </p>
      )}
      {omitted > 0 && <p className="card-body dim">{words.omitted(count(omitted))}</p>}
    </section>
  );
}

function Case({ of }: { readonly of: TestCaseView }) {
  const find = useFindTest();
  const navigate = useNavigate();
  const open = () =>
    find.mutate(of, {
      onSuccess: ({ test_id: testId }) =>
        void navigate({ to: '/tests/$testId', params: { testId } }),
    });
  return (
    <tr>
      <td>
        <StatusMark status={of.status} />
      </td>
      <td>
        <button type="button" className="link" onClick={open}>
          {of.name}
        </button>{' '}
        <span className="dim">{[of.suite, of.classname].filter(Boolean).join(' · ')}</span>
        {of.flaky && <span className="chip tone-amber">{words.flaky}</span>}
        {of.quarantined && <span className="chip">{words.quarantined}</span>}
        {of.message !== undefined && <p className="tone-red test-said">{of.message}</p>}
        {of.details !== undefined && (
          <details>
            <summary>{words.details}</summary>
            <pre className="test-said">{of.details}</pre>
          </details>
        )}
      </td>
      <td>
        <code>{of.nodeId}</code>
      </td>
      <td className="num">{duration(of.seconds * SECOND_MS)}</td>
    </tr>
  );
}
