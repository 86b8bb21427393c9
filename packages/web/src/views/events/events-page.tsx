import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTail } from '../../data/event-tail.ts';
import { useMay } from '../../data/scopes.ts';
import type { EventSearch } from '../../logic/event-search.ts';
import { Page } from '../../ui/page.tsx';
import { EVENT_WORDS as words } from '../../words-event.ts';
import { EventPanel } from './event-panel.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { TailCard } from './tail-card.tsx';
import { Topics } from './topics.tsx';
import './events.css';

/** Topics beside the events on them, as they come. */
export function EventsPage() {
  const search = useSearch({ from: '/events' });
  const navigate = useNavigate();
  const may = useMay();
  const [publishing, setPublishing] = useState(false);
  const { tail, readOlder, again } = useTail(search);
  const go = (part: { readonly [name in keyof EventSearch]: string | undefined }) => {
    const next = Object.entries({ ...search, ...part }).filter(([, value]) => value);
    void navigate({ to: '/events', search: Object.fromEntries(next), replace: true });
  };
  const open = tail.items.find((item) => item.key === search.event);
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
      <div className={search.event === undefined ? 'events' : 'events events-open'}>
        <Topics picked={search.topic} pick={(topic) => go({ topic })} />
        <TailCard search={search} tail={tail} {...{ readOlder, again }} go={go} />
      </div>
      {search.event !== undefined && (
        <EventPanel
          key={search.event}
          eventId={search.event}
          known={open?.kind === 'event' ? open.event : undefined}
          close={() => go({ event: undefined })}
        />
      )}
      <PublishDialog
        opened={publishing}
        close={() => setPublishing(false)}
        topic={search.topic ?? ''}
      />
    </Page>
  );
}
