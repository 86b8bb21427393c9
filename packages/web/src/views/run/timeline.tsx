import { useVirtualizer } from '@tanstack/react-virtual';
import type { Attempt, JobNode } from '@tenuto/contract';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { duration } from '../../logic/format.ts';
import { lookOf } from '../../logic/status.ts';
import {
  type Bar,
  type Row,
  rowsOf,
  type Span,
  spanOf,
  ticksOf,
  zoom,
} from '../../logic/timeline.ts';
import { StatusMark } from '../../ui/status.tsx';
import { useNow } from '../../ui/time.tsx';
import { WORDS } from '../../words.ts';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.graph;
const ROW_PX = 26;
const TICKS = 6;
const STEP = 1.6;

interface Props {
  readonly nodes: readonly JobNode[];
  readonly attempts: readonly Attempt[];
  readonly picked: string | undefined;
  readonly pick: (nodeId: string) => void;
}

/** A row for each node: attempts as bars, waits between them hatched, a line for now. */
export function Timeline({ nodes, attempts, picked, pick }: Props) {
  const rows = useMemo(() => rowsOf(nodes, attempts), [nodes, attempts]);
  const goesOn = rows.some(({ bars }) => bars.some(({ to }) => to === null));
  const time = useNow(goesOn ? 500 : 60_000);
  const whole = spanOf(rows, time);
  const [part, setPart] = useState<Span>();
  const shown = part ?? whole;
  const box = useRef<HTMLDivElement>(null);
  const magnify = (factor: number, at = (shown.from + shown.to) / 2) => {
    const next = zoom(whole, shown, factor, at);
    setPart(next.to - next.from >= whole.to - whole.from ? undefined : next);
  };
  useWheel(box, shown, magnify);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === '+' || event.key === '=') magnify(STEP);
    if (event.key === '-') magnify(1 / STEP);
    if (event.key === '0') setPart(undefined);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys zoom what its parts are focused in.
    <div className="timeline" onKeyDown={onKeyDown}>
      <header className="timeline-head">
        <h2 className="timeline-names">{words.timeline}</h2>
        <Scale shown={shown} start={whole.from} />
        {part !== undefined && (
          <button type="button" className="link timeline-reset" onClick={() => setPart(undefined)}>
            {words.reset}
          </button>
        )}
      </header>
      <Rows
        box={box}
        rows={rows}
        shown={shown}
        now={goesOn ? time : undefined}
        {...{ picked, pick }}
      />
    </div>
  );
}

function Scale({ shown, start }: { readonly shown: Span; readonly start: number }) {
  const offset = shown.from - start;
  return (
    <div className="timeline-scale" aria-hidden="true">
      {ticksOf(shown, TICKS).map((tick) => (
        <span key={tick} style={{ left: `${(tick / (shown.to - shown.from)) * 100}%` }}>
          {duration(offset + tick)}
        </span>
      ))}
    </div>
  );
}

interface RowsProps {
  readonly box: React.RefObject<HTMLDivElement | null>;
  readonly rows: readonly Row[];
  readonly shown: Span;
  /** Undefined when nothing goes on. */
  readonly now: number | undefined;
  readonly picked: string | undefined;
  readonly pick: (nodeId: string) => void;
}

function Rows({ box, rows, shown, now, picked, pick }: RowsProps) {
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  });
  const at = rows.findIndex(({ nodeId }) => nodeId === picked);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [at, virtual]);
  return (
    <div className="timeline-rows" ref={box}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <button
              key={row.nodeId}
              type="button"
              className="timeline-row"
              aria-pressed={row.nodeId === picked}
              style={{ top: start }}
              onClick={() => pick(row.nodeId)}
            >
              <span className="timeline-names">
                <StatusMark status={row.status} bare />
                <span className="cut">{row.label}</span>
              </span>
              <span className="timeline-bars">
                {row.bars.length === 0 && <span className="dim">{WORDS.status[row.status]}</span>}
                {row.bars.map((bar) => (
                  <BarMark
                    key={`${bar.kind}-${bar.from}-${bar.attempt}`}
                    {...{ bar, shown, now }}
                  />
                ))}
              </span>
            </button>
          );
        })}
      </div>
    </div>
  );
}

interface BarProps {
  readonly bar: Bar;
  readonly shown: Span;
  readonly now: number | undefined;
}

function BarMark({ bar, shown, now }: BarProps) {
  const to = bar.to ?? now ?? shown.to;
  const length = shown.to - shown.from;
  const left = ((bar.from - shown.from) / length) * 100;
  const width = ((to - bar.from) / length) * 100;
  const said = bar.kind === 'wait' ? WORDS.status.waiting : WORDS.status[bar.status];
  const text = `${words.attempt(bar.attempt)}: ${said}, ${duration(to - bar.from)}`;
  return (
    <span
      className={`timeline-bar bar-${bar.kind} tone-${lookOf(bar.status).tone}`}
      style={{ left: `min(${left}%, 100% - 3px)`, width: `${width}%` }}
      title={text}
    >
      <span className="bar-text">
        {bar.attempt > 1 && bar.kind === 'attempt' ? bar.attempt : ''}
      </span>
    </span>
  );
}

/** Ctrl and the wheel zoom around the pointer; the page must not zoom then. */
function useWheel(
  box: React.RefObject<HTMLDivElement | null>,
  shown: Span,
  magnify: (factor: number, at: number) => void,
): void {
  const latest = useRef({ shown, magnify });
  latest.current = { shown, magnify };
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const bars = element.querySelector('.timeline-bars')?.getBoundingClientRect();
      if (bars === undefined) return;
      const { shown: span, magnify: change } = latest.current;
      const at = span.from + ((event.clientX - bars.left) / bars.width) * (span.to - span.from);
      change(event.deltaY < 0 ? STEP : 1 / STEP, at);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [box]);
}
