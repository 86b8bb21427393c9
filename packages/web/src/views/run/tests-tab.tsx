import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { RunDetail, RunTest, RunTestList } from '@tenuto/contract';
import type { RunTestQuery } from '@tenuto/sdk';
import { useState } from 'react';
import { useMay } from '../../data/scopes.ts';
import { useRerunFailed, useRunTests } from '../../data/tests.ts';
import { count, duration } from '../../logic/format.ts';
import { isOver } from '../../logic/status.ts';
import { resultStatus } from '../../logic/test-results.ts';
import { Empty } from '../../ui/notice.tsx';
import { Paged } from '../../ui/paged.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { type Column, ThingTable } from '../../ui/thing-table.tsx';
import { tellFailure } from '../../ui/toasts.ts';
import { RUN_TEST_WORDS as words } from '../../words-run-tests.ts';

const KINDS = ['all', 'failed', 'flaky', 'passed', 'skipped'] as const;
type Kind = (typeof KINDS)[number];

const QUERIES: Readonly<Record<Kind, RunTestQuery>> = {
  all: {},
  failed: { status: ['failed', 'error'] },
  flaky: { flaky: true },
  passed: { status: ['passed'] },
  skipped: { status: ['skipped'] },
};

/** The tests of a run, what failed first. */
export function TestsTab({ run }: { readonly run: RunDetail }) {
  const [kind, setKind] = useState<Kind>('all');
  const over = isOver(run.status);
  const tests = useRunTests(run.run_id, { query: QUERIES[kind], isOver: over });
  const counts = tests.data?.pages[0]?.counts;
  if (counts?.total === 0) {
    return <Empty title={words.none} text={words.noneText} example={words.noneExample} />;
  }
  return (
    <div className="stack">
      {counts !== undefined && (
        <div className="row">
          <Kinds counts={counts} kind={kind} pick={setKind} />
          <span className="dim grow">{words.took(duration(counts.duration_ms))}</span>
          {over && counts.failed + counts.error > 0 && <Rerun runId={run.run_id} />}
        </div>
      )}
      <div className="card">
        <Paged pages={tests} empty={<p className="card-body dim">{words.noneOf}</p>}>
          {(items) => (
            <ThingTable
              label={words.label}
              items={items}
              keyOf={(test) => `${test.node_id} ${test.test_id}`}
              columns={columnsOf(run.run_id)}
            />
          )}
        </Paged>
      </div>
    </div>
  );
}

interface KindsProps {
  readonly counts: RunTestList['counts'];
  readonly kind: Kind;
  readonly pick: (kind: Kind) => void;
}

function Kinds({ counts, kind, pick }: KindsProps) {
  const numbers: Readonly<Record<Kind, number>> = {
    ...{ all: counts.total, failed: counts.failed + counts.error, flaky: counts.flaky },
    ...{ passed: counts.passed, skipped: counts.skipped },
  };
  return KINDS.map((one) => (
    <button
      key={one}
      type="button"
      className="chip"
      aria-pressed={one === kind}
      onClick={() => pick(one)}
    >
      {words.kinds[one]} <span className="num">{count(numbers[one])}</span>
    </button>
  ));
}

function columnsOf(runId: string): readonly Column<RunTest>[] {
  return [
    { head: words.status, cell: (test) => <StatusMark status={resultStatus(test)} /> },
    { head: words.test, first: true, cell: (test) => <Named test={test} /> },
    { head: words.suite, cell: ({ suite }) => suite },
    {
      head: words.node,
      cell: ({ node_id: node, attempt }) => (
        <Link to="/runs/$runId" params={{ runId }} search={{ tab: 'log', node }}>
          {node}
          {attempt > 1 && <span className="dim"> {words.attempt(attempt)}</span>}
        </Link>
      ),
    },
    { head: words.time, num: true, cell: ({ duration_ms: ms }) => duration(ms) },
  ];
}

function Named({ test }: { readonly test: RunTest }) {
  return (
    <div className="run-test">
      <Link to="/tests/$testId" params={{ testId: test.test_id }}>
        {test.name}
      </Link>
      {test.classname !== '' && <span className="dim"> {test.classname}</span>}
      {test.quarantined && <span className="tone-amber"> {words.quarantined}</span>}
      {test.message !== null && <pre className="run-test-message">{test.message}</pre>}
    </div>
  );
}

function Rerun({ runId }: { readonly runId: string }) {
  const rerun = useRerunFailed(runId);
  const navigate = useNavigate();
  if (!useMay()('jobs:write')) return null;
  return (
    <Button
      variant="default"
      loading={rerun.isPending}
      onClick={() =>
        rerun.mutate(undefined, {
          onSuccess: ({ job_id: made }) =>
            void navigate({ to: '/runs/$runId', params: { runId: made } }),
          onError: (error) => tellFailure(words.rerun, error),
        })
      }
    >
      {words.rerun}
    </Button>
  );
}
