import { Link } from '@tanstack/react-router';
import type { ComparedRun, Comparison } from '@tenuto/contract';
import type { ReactNode } from 'react';
import { bytes } from '../../logic/phases.ts';
import { Amount } from '../../ui/amount.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Icon } from '../../ui/icons.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { Took } from '../../ui/time.tsx';
import { COMPARE_WORDS as words } from '../../words-compare.ts';

interface Props {
  readonly comparison: Comparison;
  readonly take: (id: string) => void;
}

/** What each run has come to in all. */
export function ComparedRuns({ comparison: { runs }, take }: Props) {
  const rows: readonly (readonly [string, (run: ComparedRun) => ReactNode])[] = [
    [words.status, ({ status }) => <StatusMark status={status} />],
    [words.took, (run) => <Took from={run.started_at} to={run.completed_at} />],
    [words.attempts, ({ attempts }) => attempts],
    [
      words.cost,
      ({ cost_usd: cost, recorded_cost_usd: recorded }) => <Amount {...{ cost, recorded }} />,
    ],
    [words.files, ({ artifacts: { count, size_bytes: size } }) => `${count} · ${bytes(size)}`],
    [
      words.tests,
      ({ tests }) => (tests.total === 0 ? '–' : words.testsOf(tests.passed, tests.total)),
    ],
    [
      words.forkedFrom,
      ({ forked_from: from }) => (from === null ? '–' : <CopyId id={from.run_id} />),
    ],
  ];
  return (
    <section className="card">
      <div className="table-scroll">
        <table className="table compare-table">
          <thead>
            <tr>
              <th>{words.what}</th>
              {runs.map((run) => (
                <th key={run.run_id} scope="col">
                  <span className="row">
                    <Link to="/runs/$runId" params={{ runId: run.run_id }}>
                      {run.name}
                    </Link>
                    <CopyId id={run.run_id} />
                    <button
                      type="button"
                      className="bare-button"
                      aria-label={words.take(run.run_id.slice(-8))}
                      onClick={() => take(run.run_id)}
                    >
                      <Icon name="close" />
                    </button>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, cell]) => (
              <tr key={name}>
                <td className="dim">{name}</td>
                {runs.map((run) => (
                  <td key={run.run_id} className="num">
                    {cell(run)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
