import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { EventTaskView, EventView } from '@tenuto/contract';
import { type ReactNode, useRef, useState } from 'react';
import { useEvent, useEventTasks, useReplay } from '../../data/events.ts';
import { isMissing } from '../../data/query-client.ts';
import { useMay } from '../../data/scopes.ts';
import { useClosing } from '../../ui/closing.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { CopyButton, CopyId } from '../../ui/copy-id.tsx';
import { Icon } from '../../ui/icons.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { Failure } from '../../ui/notice.tsx';
import { Paged } from '../../ui/paged.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { Exact } from '../../ui/time.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { WORDS } from '../../words.ts';
import { EVENT_WORDS as words } from '../../words-event.ts';

interface Props {
  readonly eventId: string;
  /** The event, when it is among those that are shown. */
  readonly known: EventView | undefined;
  readonly close: () => void;
}

/** One event beside the others: what it says, where it came from, and what came of it. */
export function EventPanel({ eventId, known, close }: Props) {
  const { data, error, refetch } = useEvent(eventId);
  const event = data ?? known;
  const panel = useRef<HTMLElement>(null);
  useClosing(panel, close);
  return (
    <aside
      ref={panel}
      className="event-panel card"
      aria-label={`${words.event} ${event?.topic ?? eventId}`}
    >
      <header>
        <strong className="grow cut">{event?.topic ?? words.event}</strong>
        <CopyButton text={eventId} what={eventId} />
        <button
          type="button"
          className="bare-button"
          onClick={close}
          aria-label={WORDS.common.close}
        >
          <Icon name="close" />
        </button>
      </header>
      {event !== undefined ? (
        <Told event={event} />
      ) : error === null ? (
        <Waiting />
      ) : (
        <div className="card-body">
          {isMissing(error) ? (
            <p>{words.gone}</p>
          ) : (
            <Failure error={error} again={() => void refetch()} />
          )}
        </div>
      )}
    </aside>
  );
}

function Told({ event }: { readonly event: EventView }) {
  const { cloudevent, webhook, data_base64: bytes } = event;
  return (
    <div className="card-body event-body">
      <Actions event={event} />
      <Facts event={event} />
      <Part title={words.payload.replace(/,.*/, '')}>
        {bytes === undefined ? (
          <JsonView value={event.payload} label={event.topic} />
        ) : (
          <>
            <p className="dim">{words.bytes}</p>
            <JsonView value={bytes} label={event.topic} />
          </>
        )}
      </Part>
      <Part title={words.tasks}>
        <Tasks event={event} />
      </Part>
      {cloudevent !== undefined && (
        <Part title={words.attributes}>
          <JsonView value={cloudevent} label={words.attributes} />
        </Part>
      )}
      {webhook !== undefined && (
        <Part title={words.webhook}>
          <JsonView value={webhook} label={words.webhook} />
        </Part>
      )}
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Actions({ event }: { readonly event: EventView }) {
  const [question, setQuestion] = useState<Question>();
  const replay = useReplay();
  const may = useMay();
  const [title, text] = words.askReplay;
  const act = () =>
    replay.mutate(event.event_id, {
      onSuccess: () => tell(words.replayed),
      onError: (error) => tellFailure(words.failed, error),
    });
  const ask = () =>
    setQuestion({
      ...{ title, text: `${text} ${words.wasFor(event.triggered_tasks)}` },
      ...{ verb: words.replay, act },
    });
  return (
    <div className="row">
      {may('events:publish') && (
        <Button variant="default" onClick={ask} loading={replay.isPending}>
          {words.replay}
        </Button>
      )}
      {may('tasks:create') && (
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link {...props} to="/tasks/new" search={{ topic: event.topic }} />
          )}
        >
          {words.makeTask}
        </Button>
      )}
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </div>
  );
}

function Facts({ event }: { readonly event: EventView }) {
  const facts: readonly (readonly [string, ReactNode] | false)[] = [
    [words.at, <Exact key="at" at={event.published_at} />],
    [words.origin, words.origins[event.origin]],
    [words.by, event.published_by],
    event.source_agent_id !== null && [words.source, event.source_agent_id],
    event.dedupe_id !== null && [words.dedupe, <code key="dedupe">{event.dedupe_id}</code>],
    [words.stream, <code key="stream">{event.stream_id}</code>],
    event.replay_of !== null && [
      words.replayOf,
      <Link key="replay" to="/events" search={{ event: event.replay_of }}>
        {event.replay_of.slice(-8)}
      </Link>,
    ],
    [words.event, <CopyId key="id" id={event.event_id} />],
  ];
  return (
    <dl className="event-facts">
      {facts
        .filter((fact) => fact !== false)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** What came of it for each task that it was for, up to the run. */
function Tasks({ event }: { readonly event: EventView }) {
  const canRead = useMay()('tasks:read');
  const isFor = event.triggered_tasks > 0;
  const pages = useEventTasks(event.event_id, canRead && isFor);
  if (!isFor) return <p className="dim">{words.noTasks}</p>;
  if (!canRead) return <p className="dim">{words.wasFor(event.triggered_tasks)}</p>;
  return (
    <Paged pages={pages} empty={<p className="dim">{words.noTasks}</p>}>
      {(tasks) => (
        <ul className="event-tasks">
          {tasks.map((task) => (
            <TaskLine key={task.task_id} task={task} />
          ))}
        </ul>
      )}
    </Paged>
  );
}

function TaskLine({ task: { task_id: taskId, title, firing } }: { readonly task: EventTaskView }) {
  return (
    <li>
      <Link to="/tasks/$taskId" params={{ taskId }} className="grow cut">
        {title}
      </Link>
      {firing === null ? (
        <span className="dim">{words.gathers}</span>
      ) : (
        <StatusMark status={firing.outcome} />
      )}
      {firing !== null && firing.run_id !== null && (
        <Link to="/runs/$runId" params={{ runId: firing.run_id }}>
          {firing.run_id.slice(-8)}
        </Link>
      )}
    </li>
  );
}
