import type { RunDetail } from '@tenuto/contract';
import { useHistory } from '../../data/runs.ts';
import { Failure } from '../../ui/notice.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { Exact } from '../../ui/time.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { Recoveries } from './recoveries.tsx';

const words = RUN_WORDS.history;

/** Every change of the run's status, and what was done about failures. */
export function HistoryTab({ run }: { readonly run: RunDetail }) {
  return (
    <div className="stack">
      <Transitions runId={run.run_id} />
      <Recoveries runId={run.run_id} />
    </div>
  );
}

function Transitions({ runId }: { readonly runId: string }) {
  const { data, error, refetch } = useHistory(runId);
  if (data === undefined)
    return error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />;
  return (
    <section className="card">
      <header>
        <h2>{words.transitions}</h2>
      </header>
      <div className="table-scroll">
        <table className="table table-cards">
          <thead>
            <tr>
              <th>{words.at}</th>
              <th>{words.from}</th>
              <th>{words.to}</th>
              <th>{words.reason}</th>
              <th>{words.actor}</th>
            </tr>
          </thead>
          <Rows items={data}>
            {(entry) => (
              <tr key={`${entry.at}${entry.to}`}>
                <td>
                  <Exact at={entry.at} />
                </td>
                <td>{entry.from !== null && <StatusMark status={entry.from} />}</td>
                <td>
                  <StatusMark status={entry.to} />
                </td>
                <td>{entry.reason}</td>
                <td>{entry.actor}</td>
              </tr>
            )}
          </Rows>
        </table>
      </div>
    </section>
  );
}
