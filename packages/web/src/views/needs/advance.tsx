import { Link } from '@tanstack/react-router';
import type { WaitingRun } from '@tenuto/contract';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { NextButton } from '../run/next-button.tsx';

/** Runs of profiles that wait to be told to go on. */
export function ToAdvance({ runs }: { readonly runs: readonly WaitingRun[] }) {
  return (
    <div className="card need">
      <ul className="advance-list">
        {runs.map((run) => (
          <li key={run.run_id} id={run.run_id}>
            <StatusMark status="needs_person" bare />
            <Link to="/runs/$runId" params={{ runId: run.run_id }} className="grow need-row">
              {run.name}{' '}
              <span className="dim">{run.phases.map(({ name }) => name).join(', ')}</span>
            </Link>
            <span className="dim">
              <When at={run.started_at} />
            </span>
            <NextButton runId={run.run_id} next={{ phases: run.phases, isAgain: false }} />
          </li>
        ))}
      </ul>
    </div>
  );
}
