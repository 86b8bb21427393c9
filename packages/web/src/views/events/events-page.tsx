import { Button, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { EventView } from '@tenuto/contract';
import { useEffect, useState } from 'react';
import { after } from '../../data/clock.ts';
import { useReplay, useTail, useTopics } from '../../data/events.ts';
import { useMay } from '../../data/scopes.ts';
import type { EventSearch } from '../../logic/event-search.ts';
import { count } from '../../logic/format.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { When } from '../../ui/time.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { EVENT_WORDS as words } from '../../words-event.ts';
import { PublishDialog } from './publish-dialog.tsx';
import './events.css';

const TYPING_MS = 400;

/** Topics beside the events on them, as they come. */
export function EventsPage() {
  const search = useSearch({ from: '/events' });
  const navigate = useNavigate();
  const may = useMay();
  const [publishing, setPublishing] = useState(false);
  const go = (next: EventSearch) => void navigate({ to: '/events', search: next, replace: true });
  const pick = (topic: string | undefined) => go(topic === undefined ? {} : { topic });
  return (
    <Page
      title={words.title}
      aside={
        <>
          <span className="grow" />
          {may('events:publish') && (
            <Button onClick={() => setPublishing(true)}>{words.publish}</Button>
          )}
        </>
      }
    >
      <div className="events">
        <Topics picked={search.topic} pick={pick} />
        <section className="card" aria-label={words.tail}>
          <header>
            <h2 className="grow">{words.tail}</h2>
            <Pattern key={search.topic} topic={search.topic} pick={pick} />
          </header>
          <Tail
            search={search}
            open={(event) => go({ ...search, ...(event !== undefined && { event }) })}
            close={() => pick(search.topic)}
          />
        </section>
      </div>
      <PublishDialog
        opened={publishing}
        close={() => setPublishing(false)}
        topic={search.topic ?? ''}
      />
    </Page>
  );
}

interface TopicsProps {
  readonly picked: string | undefined;
  readonly pick: (topic: string | undefined) => void;
}

function Topics({ picked, pick }: TopicsProps) {
  const { data } = useTopics();
  const names = [undefined, ...(data?.items ?? [])];
  return (
    <section className="card topics" aria-label={words.topics}>
      <header>
        <h2>{words.topics}</h2>
      </header>
      {names.map((item) => (
        <button
          key={item?.topic ?? ''}
          type="button"
          aria-pressed={picked === item?.topic}
          onClick={() => pick(item?.topic)}
        >
          <span className="grow cut">{item?.topic ?? words.all}</span>
          {item !== undefined && <span className="dim num">{count(item.events)}</span>}
        </button>
      ))}
    </section>
  );
}

function Pattern({
  topic,
  pick,
}: { readonly topic: string | undefined } & Pick<TopicsProps, 'pick'>) {
  const [text, setText] = useState(topic ?? '');
  useEffect(() => {
    if (text === (topic ?? '')) return;
    return after(TYPING_MS, () => pick(text.trim() || undefined));
  });
  return (
    <TextInput
      type="search"
      aria-label={words.pattern}
      placeholder={words.pattern}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      data-search
    />
  );
}

interface TailProps {
  readonly search: EventSearch;
  readonly open: (eventId: string | undefined) => void;
  readonly close: () => void;
}

function Tail({ search, open, close }: TailProps) {
  const { events, error, isRead } = useTail(search.topic);
  if (!isRead) return <Waiting />;
  if (error !== undefined && events.length === 0) return <Failure error={error} />;
  if (events.length === 0) {
    return <Empty title={words.empty} text={words.emptyText} example={words.emptyExample} />;
  }
  return (
    <ol className="tail">
      {events.map((event) => {
        const isOpen = event.event_id === search.event;
        return (
          <li key={event.event_id}>
            <button
              type="button"
              className="tail-row"
              aria-expanded={isOpen}
              onClick={() => (isOpen ? close() : open(event.event_id))}
            >
              <span className="dim tail-when">
                <When at={event.published_at} />
              </span>
              <strong>{event.topic}</strong>
              <code className="grow cut">{JSON.stringify(event.payload)}</code>
              {event.triggered_tasks > 0 && <span>{words.triggered(event.triggered_tasks)}</span>}
            </button>
            {isOpen && <Detail event={event} />}
          </li>
        );
      })}
    </ol>
  );
}

function Detail({ event }: { readonly event: EventView }) {
  const replay = useReplay();
  const may = useMay();
  return (
    <div className="tail-detail">
      <div className="row">
        <CopyId id={event.event_id} />
        <span className="dim">
          {words.origin} {event.origin}, {words.by.toLowerCase()} {event.published_by}
        </span>
        <span className="grow" />
        {may('events:publish') && (
          <Button
            variant="default"
            loading={replay.isPending}
            onClick={() =>
              replay.mutate(event.event_id, {
                onSuccess: () => tell(words.replayed),
                onError: (error) => tellFailure(words.failed, error),
              })
            }
          >
            {words.replay}
          </Button>
        )}
      </div>
      <JsonView value={event.payload} label={event.topic} />
    </div>
  );
}
