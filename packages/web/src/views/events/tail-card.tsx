import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Tail } from '../../data/event-tail.ts';
import type { EventSearch } from '../../logic/event-search.ts';
import { timeOfDay } from '../../logic/format.ts';
import { found, type TailItem } from '../../logic/tail.ts';
import { FilterField } from '../../ui/filter-field.tsx';
import { useListKeys } from '../../ui/list-keys.ts';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { tellFailure } from '../../ui/toasts.ts';
import { EVENT_WORDS as words } from '../../words-event.ts';
import { TailRows } from './tail-rows.tsx';

const FIELDS = [
  { name: 'topic', label: words.pattern, code: true, isSearch: true },
  { name: 'filter', label: words.filter, code: true },
  { name: 'text', label: words.text },
] as const;

type Go = (part: { readonly [name in keyof EventSearch]: string | undefined }) => void;
interface Props {
  readonly search: EventSearch;
  readonly tail: Tail;
  readonly readOlder: () => Promise<void>;
  readonly again: () => void;
  readonly go: Go;
}

/** Events as they come; held, they gather until it goes on. */
export function TailCard({ search, tail, readOlder, again, go }: Props) {
  const older = useMutation({
    mutationFn: readOlder,
    onError: (error) => tellFailure(words.olderFailed, error),
  });
  const { held, isHeld, hold, atTop, goOn, toTop } = useHold(tail.items);
  useListKeys('.tail-row');
  const items = held ?? tail.items;
  const fresh = held === undefined ? 0 : newerThan(tail.items, held);
  return (
    <section className="card" aria-label={words.tail}>
      <header>
        <h2>{words.tail}</h2>
        <span className="grow" />
        {fresh > 0 && (
          <button type="button" className="chip chip-new" onClick={goOn}>
            {words.held(fresh)}
          </button>
        )}
        <Button
          variant="default"
          size="compact-sm"
          aria-pressed={isHeld}
          onClick={isHeld ? goOn : hold}
        >
          {isHeld ? words.goOn : words.pause}
        </Button>
      </header>
      <search className="row tail-filters" aria-label={words.filters}>
        {FIELDS.map(({ name, label, ...shown }) => (
          <FilterField
            key={name}
            label={label}
            value={search[name] ?? ''}
            put={(text) => go({ [name]: text })}
            {...shown}
          />
        ))}
      </search>
      {tail.awaySince !== undefined && (
        <p className="tail-gap tone-amber" role="status">
          {words.away(timeOfDay(tail.awaySince).slice(0, 8))}
        </p>
      )}
      <Body
        search={search}
        tail={tail}
        items={found(items, search.text ?? '')}
        go={go}
        again={again}
        atTop={atTop}
        toTop={toTop}
      />
      {tail.older !== undefined && (
        <div className="tail-more">
          <Button
            variant="default"
            size="compact-sm"
            loading={older.isPending}
            onClick={() => older.mutate()}
          >
            {words.older}
          </Button>
        </div>
      )}
    </section>
  );
}

/** Held by hand, or while older events are being read: what comes then waits. */
function useHold(items: readonly TailItem[]) {
  const [held, setHeld] = useState<readonly TailItem[]>();
  const [isHeld, setIsHeld] = useState(false);
  const [toTop, setToTop] = useState(0);
  return {
    ...{ held, isHeld, toTop },
    hold() {
      setIsHeld(true);
      setHeld(items);
    },
    goOn() {
      setIsHeld(false);
      setHeld(undefined);
      setToTop((times) => times + 1);
    },
    atTop(isAtTop: boolean) {
      if (!isAtTop) setHeld((known) => known ?? items);
      else if (!isHeld) setHeld(undefined);
    },
  };
}

function newerThan(items: readonly TailItem[], held: readonly TailItem[]): number {
  const known = new Set(held.map(({ key }) => key));
  return items.filter(({ key, kind }) => kind === 'event' && !known.has(key)).length;
}

interface BodyProps extends Pick<Props, 'search' | 'tail' | 'go' | 'again'> {
  readonly items: readonly TailItem[];
  readonly atTop: (isAtTop: boolean) => void;
  readonly toTop: number;
}

function Body({ search, tail, items, go, again, atTop, toTop }: BodyProps) {
  const isFiltered = [search.topic, search.filter, search.text].some((one) => one !== undefined);
  if (!tail.isRead) return <Waiting />;
  if (tail.error !== undefined) {
    return (
      <div className="card-body">
        <Failure error={tail.error} again={again} />
      </div>
    );
  }
  if (items.length === 0 && isFiltered) {
    return (
      <Empty title={words.noneFit} text={words.noneFitText}>
        <Button
          variant="default"
          onClick={() => go({ topic: undefined, filter: undefined, text: undefined })}
        >
          {words.clear}
        </Button>
      </Empty>
    );
  }
  if (items.length === 0) {
    return <Empty title={words.empty} text={words.emptyText} example={words.emptyExample} />;
  }
  return (
    <TailRows
      items={items}
      picked={search.event}
      open={(event) => go({ event })}
      atTop={atTop}
      toTop={toTop}
    />
  );
}
