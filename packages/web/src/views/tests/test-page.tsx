import { Link, useParams } from '@tanstack/react-router';
import type { Test, TestResult } from '@tenuto/contract';
import { lazy, type ReactNode } from 'react';
import { NoSuchPage } from '../../app/problems.tsx';
import { patiently } from '../../data/patience.ts';
import { isMissing } from '../../data/query-client.ts';
import { useTest, useTestHistory } from '../../data/tests.ts';
import { count, duration, percent } from '../../logic/format.ts';
import { evidenceOf, failureGroups, resultStatus, testPlace } from '../../logic/test-results.ts';
import { Card } from '../../ui/card.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Part } from '../../ui/part.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { Exact, When } from '../../ui/time.tsx';
import { TEST_WORDS } from '../../words-test.ts';
import { EvidenceLine } from './flake-table.tsx';
import { ResultStrip } from './result-strip.tsx';
import { ResultTable } from './result-table.tsx';
import { TestActions } from './test-actions.tsx';
import { FlakeScore } from './test-table.tsx';
import './tests.css';

const words = TEST_WORDS.page;
const DurationChart = lazy(
  patiently(async () => ({
    default: (await import('./duration-chart.tsx')).DurationChart,
  })),
);

/** One test: what it comes to, how long it takes, and what its failures say. */
export function TestPage() {
  const { testId } = useParams({ from: '/tests/$testId' });
  const { data: test, error, refetch } = useTest(testId);
  if (isMissing(error)) return <NoSuchPage />;
  if (test === undefined) {
    return error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />;
  }
  return <Found test={test} />;
}

function Found({ test }: { readonly test: Test }) {
  const { data, error, refetch } = useTestHistory(test.test_id);
  return (
    <Page
      title={test.name}
      aside={
        <>
          <StatusMark status={resultStatus({ status: test.last_status, flaky: test.last_flaky })} />
          <span className="dim">{testPlace(test)}</span>
          <CopyId id={test.test_id} />
          <span className="grow" />
          <TestActions test={test} />
        </>
      }
    >
      {test.quarantine !== null && <QuarantineNote quarantine={test.quarantine} />}
      <Facts test={test} />
      {data === undefined && error === null && <Waiting />}
      {error !== null && data === undefined && (
        <Failure error={error} again={() => void refetch()} />
      )}
      {data !== undefined && <History test={test} history={data.items} />}
    </Page>
  );
}

function QuarantineNote({ quarantine }: { readonly quarantine: NonNullable<Test['quarantine']> }) {
  return (
    <p className="test-quarantine">
      <StatusMark status="paused" bare />
      <span>
        <strong>{words.inQuarantine(quarantine.by)}</strong> “{quarantine.reason}”,{' '}
        {quarantine.until === null ? (
          words.forGood
        ) : (
          <>
            {words.until} <Exact at={quarantine.until} />
          </>
        )}
      </span>
    </p>
  );
}

function Facts({ test }: { readonly test: Test }) {
  const { pass_rate: rate, duration_p50_ms: p50, duration_p95_ms: p95 } = test;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [TEST_WORDS.passRate, rate === null ? '–' : percent(rate)],
    [TEST_WORDS.flakes, <FlakeScore key="flakes" test={test} />],
    [words.p50, p50 === null ? '–' : duration(p50)],
    [words.p95, p95 === null ? '–' : duration(p95)],
    [words.runs, count(test.runs)],
    [words.cleanPasses, count(test.clean_passes)],
    [words.flakyPasses, count(test.flaky_passes)],
    [words.failed, count(test.failures + test.errors)],
    [words.skips, count(test.skips)],
    [TEST_WORDS.owner, test.owner ?? TEST_WORDS.nobody],
    [words.firstSeen, <When key="first" at={test.first_seen_at} />],
    ...(test.file === null ? [] : [[words.file, <code key="file">{test.file}</code>] as const]),
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface HistoryProps {
  readonly test: Test;
  readonly history: readonly TestResult[];
}

function History({ test, history }: HistoryProps) {
  const evidence = evidenceOf(history);
  const groups = failureGroups(history, words.unsaid);
  return (
    <>
      <Card title={words.strip} note={words.stripNote}>
        <div className="card-body">
          <ResultStrip results={history} />
        </div>
      </Card>
      <div className="test">
        <Card title={words.durations}>
          <Part fallback={<div className="test-chart" />}>
            <DurationChart results={history} />
          </Part>
        </Card>
        <div className="stack">
          <Card title={words.failures}>
            {groups.length === 0 && <p className="card-body dim">{words.failuresNone}</p>}
            <ul className="test-failures">
              {groups.map(({ message, count: times, first, last }) => (
                <li key={message}>
                  <span className="num tone-red">{words.times(times)}</span>
                  <code className="grow">{message}</code>
                  <span className="dim num">
                    {words.since} <When at={first} />
                  </span>
                  <Link
                    to="/runs/$runId"
                    params={{ runId: last.run_id }}
                    search={{ tab: 'log', node: last.node_id }}
                  >
                    {words.log}
                  </Link>
                </li>
              ))}
            </ul>
          </Card>
          {(evidence.length > 0 || test.flaky) && (
            <Card title={words.evidence}>
              {evidence.length === 0 && <p className="card-body dim">{words.evidenceNone}</p>}
              <ul className="test-failures">
                {evidence.map((one) => (
                  <li key={one.of}>
                    <EvidenceLine evidence={one} />
                  </li>
                ))}
              </ul>
            </Card>
          )}
        </div>
      </div>
      <Card title={words.history}>
        <ResultTable results={history} />
      </Card>
    </>
  );
}
