import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { CircuitView } from '@tenuto/contract';
import { type ReactNode, useState } from 'react';
import {
  useCircuit,
  useCircuitChange,
  useCircuitHistory,
  useWaitingRuns,
} from '../../data/circuits.ts';
import { useMay } from '../../data/scopes.ts';
import { durationText } from '../../logic/duration-text.ts';
import { percent } from '../../logic/format.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { CopyButton } from '../../ui/copy-id.tsx';
import { Failure } from '../../ui/notice.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { CIRCUIT_WORDS as words } from '../../words-circuits.ts';
import { CIRCUIT_MARKS, Tried } from './circuit-marks.tsx';
import { TripDialog } from './trip-dialog.tsx';

/** One circuit beside the others: why it is as it is, and what waits for it. */
export function CircuitPanel({
  name,
  close,
}: {
  readonly name: string;
  readonly close: () => void;
}) {
  const { data, error, refetch } = useCircuit(name);
  return (
    <SidePanel label={name} close={close} head={<Head name={name} circuit={data} />}>
      {data === undefined ? (
        error === null ? (
          <Waiting />
        ) : (
          <Failure error={error} again={() => void refetch()} />
        )
      ) : (
        <Found circuit={data} />
      )}
    </SidePanel>
  );
}

function Head({
  name,
  circuit,
}: {
  readonly name: string;
  readonly circuit: CircuitView | undefined;
}) {
  return (
    <>
      {circuit !== undefined && <StatusMark status={CIRCUIT_MARKS[circuit.state]} />}
      <strong className="grow cut">{name}</strong>
      <CopyButton text={name} what={name} />
    </>
  );
}

function Found({ circuit }: { readonly circuit: CircuitView }) {
  const may = useMay();
  const { reason, changed_by: by, state } = circuit;
  return (
    <>
      {may('jobs:write') && <Actions circuit={circuit} />}
      {(reason !== null || by !== null) && (
        <p>
          {reason} {by !== null && <span className="dim">{words.byHand(by)}</span>}
        </p>
      )}
      <dl className="facts">
        {state !== 'closed' && (
          <Fact name={words.opens}>
            <Tried circuit={circuit} />
          </Fact>
        )}
        <Fact name={words.changed}>
          <When at={circuit.updated_at} />
        </Fact>
        <Fact name={words.owner}>{circuit.owner}</Fact>
      </dl>
      <Part title={words.settings}>
        <Rules circuit={circuit} />
      </Part>
      <Part title={words.waiting}>
        {state === 'closed' ? (
          <p className="dim">{words.waitingClosed}</p>
        ) : (
          <WaitingRuns name={circuit.key} />
        )}
      </Part>
      <Part title={words.history}>
        <History name={circuit.key} />
      </Part>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="side-part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Rules({ circuit: { settings } }: { readonly circuit: CircuitView }) {
  const { failure_threshold, circuit_timeout_ms, success_threshold } = settings;
  const { failure_rate_threshold: rate, minimum_calls, window_ms } = settings;
  return (
    <>
      <p>{words.rule(failure_threshold, durationText(circuit_timeout_ms), success_threshold)}</p>
      {rate !== null && <p>{words.rate(percent(rate), minimum_calls, durationText(window_ms))}</p>}
    </>
  );
}

function WaitingRuns({ name }: { readonly name: string }) {
  const { data, error, refetch } = useWaitingRuns(name);
  if (data === undefined)
    return error === null ? (
      <Waiting rows={2} />
    ) : (
      <Failure error={error} again={() => void refetch()} />
    );
  if (data.length === 0) return <p className="dim">{words.waitingNone}</p>;
  return (
    <ul className="plain">
      {data.map((run) => (
        <li key={run.runId}>
          <Link to="/runs/$runId" params={{ runId: run.runId }}>
            {run.name}
          </Link>{' '}
          <span className="dim">{words.waits(run.nodes.join(', '))}</span>
        </li>
      ))}
    </ul>
  );
}

function History({ name }: { readonly name: string }) {
  const { data } = useCircuitHistory(name);
  if (data === undefined) return null;
  if (data.length === 0) return <p className="dim">{words.historyNone}</p>;
  return (
    <ul className="plain">
      {data.map(({ audit_id, at, actor, action, details }) => (
        <li key={audit_id}>
          <StatusMark status={action === 'circuit.tripped' ? 'tripped' : 'closed'} />{' '}
          <When at={at} /> <span className="dim">{words.byHand(actor)}</span>
          {typeof details.reason === 'string' && `: ${details.reason}`}
        </li>
      ))}
    </ul>
  );
}

function Actions({ circuit }: { readonly circuit: CircuitView }) {
  const [question, setQuestion] = useState<Question>();
  const [tripping, setTripping] = useState(false);
  const change = useCircuitChange();
  const { key, state } = circuit;
  const reset = () =>
    setQuestion({
      ...{ title: words.resetTitle(key), text: words.resetText, verb: words.reset, reason: true },
      act: (reason) =>
        change.mutate(
          { verb: 'reset', key, reason },
          {
            onSuccess: () => tell(words.wasReset),
            onError: (error) => tellFailure(words.failed, error),
          },
        ),
    });
  return (
    <div className="row">
      {state !== 'closed' && <Button onClick={reset}>{words.reset}</Button>}
      {state !== 'open' && (
        <Button variant="default" onClick={() => setTripping(true)}>
          {words.trip}
        </Button>
      )}
      <Confirm question={question} close={() => setQuestion(undefined)} />
      {tripping && <TripDialog close={() => setTripping(false)} circuit={key} />}
    </div>
  );
}
