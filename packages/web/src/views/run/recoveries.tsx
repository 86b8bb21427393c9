import type { Recovery } from '@tenuto/contract';
import { useRecoveries } from '../../data/runs.ts';
import { pretty } from '../../logic/format.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { Failure } from '../../ui/notice.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { Exact, Took } from '../../ui/time.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.history;

/** What was done about failures: each session with why, how far it is, and what came of it. */
export function Recoveries({ runId }: { readonly runId: string }) {
  const { data, error, refetch } = useRecoveries(runId);
  return (
    <section className="card">
      <header>
        <h2>{words.recoveries}</h2>
      </header>
      {data === undefined && error !== null && (
        <Failure error={error} again={() => void refetch()} />
      )}
      {data?.items.length === 0 && <p className="card-body dim">{words.noRecoveries}</p>}
      {data?.items.map((one) => (
        <Session key={one.session_id} of={one} />
      ))}
    </section>
  );
}

function Session({ of }: { readonly of: Recovery }) {
  const parameters = Object.keys(of.parameters).length > 0 ? of.parameters : undefined;
  return (
    <article className="card-body recovery">
      <p className="row">
        <StatusMark status={of.status} />
        <strong>{of.action.replaceAll('_', ' ')}</strong>
        {of.node_id !== null && <code>{of.node_id}</code>}
        <Exact at={of.started_at} />
        <Took from={of.started_at} to={of.completed_at} />
        <CopyId id={of.session_id} />
      </p>
      <dl className="facts">
        <Fact name={words.trigger}>
          {[of.trigger, of.classification, of.error_type].filter(Boolean).join(' · ')}
        </Fact>
        <Fact name={words.actor}>{of.actor}</Fact>
        <Fact name={words.state}>{`${of.state_before} → ${of.state_after ?? '…'}`}</Fact>
        {of.progress !== null && (
          <Fact name={words.progress}>{words.undone(of.progress.done, of.progress.left)}</Fact>
        )}
        {of.reason !== null && <Fact name={words.reason}>{of.reason}</Fact>}
      </dl>
      {parameters !== undefined && <pre>{pretty(parameters)}</pre>}
    </article>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
