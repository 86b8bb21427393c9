import { useVirtualizer } from '@tanstack/react-virtual';
import type { EventView } from '@tenuto/contract';
import { useEffect, useRef } from 'react';
import { exact, timeOfDay } from '../../logic/format.ts';
import { filledIn, type TailGap, type TailItem } from '../../logic/tail.ts';
import { When } from '../../ui/time.tsx';
import { EVENT_WORDS as words } from '../../words-event.ts';

const PAYLOAD_CHARS = 300;
const ROW_PX = 30;
/** From here on what comes would move what is read. */
const TOP_PX = 8;

interface Props {
  readonly items: readonly TailItem[];
  readonly picked: string | undefined;
  readonly open: (eventId: string | undefined) => void;
  /** Told whether the newest are in view. */
  readonly atTop: (isAtTop: boolean) => void;
  /** Grows when the newest are to be shown again. */
  readonly toTop: number;
}

/** Events and the times in which nothing could be heard, the newest first. */
export function TailRows({ items, picked, open, atTop, toTop }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 10,
  });
  useEffect(() => {
    if (toTop > 0) box.current?.scrollTo({ top: 0 });
  }, [toTop]);
  return (
    <div
      className="tail"
      ref={box}
      onScroll={(event) => atTop(event.currentTarget.scrollTop <= TOP_PX)}
    >
      <ol style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const item = items[index];
          if (item === undefined) return null;
          return (
            <li
              key={String(key)}
              ref={virtual.measureElement}
              data-index={index}
              style={{ transform: `translateY(${start}px)` }}
            >
              {item.kind === 'gap' ? (
                <Gap gap={item.gap} filled={filledIn(items, item.gap)} />
              ) : (
                <Row event={item.event} isOpen={item.key === picked} open={open} />
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

interface RowProps extends Pick<Props, 'open'> {
  readonly event: EventView;
  readonly isOpen: boolean;
}

function Row({ event, isOpen, open }: RowProps) {
  const payload = JSON.stringify(event.payload) ?? '';
  return (
    <button
      type="button"
      className="tail-row"
      aria-pressed={isOpen}
      onClick={() => open(isOpen ? undefined : event.event_id)}
    >
      <span className="dim tail-when">
        <When at={event.published_at} />
      </span>
      <strong className="cut" title={event.topic}>
        {event.topic}
      </strong>
      <code className="grow cut">{payload.slice(0, PAYLOAD_CHARS)}</code>
      {event.triggered_tasks > 0 && (
        <span className="tone-green tail-tasks">{words.triggered(event.triggered_tasks)}</span>
      )}
    </button>
  );
}

function Gap({ gap, filled }: { readonly gap: TailGap; readonly filled: number }) {
  const clock = (at: number) => timeOfDay(at).slice(0, 8);
  return (
    <p className="tail-gap" title={`${exact(gap.from)} – ${exact(gap.to)}`}>
      {gap.lost === undefined ? (
        <>
          <span className="tone-amber">{words.gap(clock(gap.from), clock(gap.to))}</span>{' '}
          <span className="dim">{words.filled(filled)}</span>
        </>
      ) : (
        <span className="tone-red">{words.lost(exact(Date.parse(gap.lost)))}</span>
      )}
    </p>
  );
}
