import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { duration } from '../../logic/format.ts';
import { dependenciesOf } from '../../logic/graph-looks.ts';
import type { RunGraph } from '../../logic/run-graph.ts';
import { type RunStates, stateOf } from '../../logic/run-states.ts';
import { type Span, spanOf, ticksOf, zoom } from '../../logic/timeline.ts';
import {
  type Places,
  placesOf,
  type TimelineRowOf,
  timelineRows,
} from '../../logic/timeline-rows.ts';
import { useIsNarrow } from '../../ui/narrow.ts';
import { useNow } from '../../ui/time.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { TimelineRow } from './timeline-row.tsx';
import { useThrottled } from './use-throttled.ts';
import { useTimelineWheel } from './use-timeline-wheel.ts';

const words = RUN_WORDS.graph;
const ROW_PX = 26;
const TICKS = 6;
const STEP = 1.6;
const PART = 0.2;
/** How often rows are put in order anew, in milliseconds. */
const ORDER_MS = 400;

interface Props {
  readonly graph: RunGraph;
  readonly states: RunStates;
  readonly shown: ReadonlySet<string>;
  readonly picked: string | undefined;
  readonly pick: (nodeId: string) => void;
}

/** A row for each node: attempts as bars, waits between them hatched, a line for now. */
export function Timeline({ graph, states: latest, shown, picked, pick }: Props) {
  const states = useThrottled(latest, ORDER_MS);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const places = useMemo(() => placesOf(graph, states), [graph, states]);
  const rows = useMemo(
    () => timelineRows(states, places, { shown, folded }),
    [states, places, shown, folded],
  );
  const fold = (node: number) =>
    setFolded((old) => {
      const next = new Set(old);
      if (!next.delete(node)) next.add(node);
      return next;
    });
  const goesOn = states.running.size > 0 || states.waits.size > 0;
  const time = useNow(goesOn ? 500 : 60_000);
  const whole = useMemo(() => spanOf(states, time), [states, time]);
  const [part, setPart] = useState<Span>();
  const span = part ?? whole;
  const box = useRef<HTMLDivElement>(null);
  const magnify = (factor: number, at = (span.from + span.to) / 2) => {
    const next = zoom(whole, span, factor, at);
    setPart(next.to - next.from >= whole.to - whole.from ? undefined : next);
  };
  const shift = (share: number) => {
    const by = (span.to - span.from) * share;
    setPart(
      zoom(whole, { from: span.from + by, to: span.to + by }, 1, (span.from + span.to) / 2 + by),
    );
  };
  useTimelineWheel(box, span, magnify);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === '+' || event.key === '=') magnify(STEP);
    if (event.key === '-') magnify(1 / STEP);
    if (event.key === '0') setPart(undefined);
    if (event.key === 'ArrowLeft') shift(-PART);
    if (event.key === 'ArrowRight') shift(PART);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys zoom what its parts are focused in.
    <div className="timeline" onKeyDown={onKeyDown}>
      <header className="timeline-head" title={words.hint}>
        <h2 className="timeline-names">{words.timeline}</h2>
        <Scale span={span} start={whole.from} />
        {part !== undefined && (
          <button type="button" className="link timeline-reset" onClick={() => setPart(undefined)}>
            {words.reset}
          </button>
        )}
      </header>
      {rows.length === 0 && <p className="dim timeline-none">{words.noneShown}</p>}
      <Rows
        now={goesOn ? time : undefined}
        {...{ box, graph, rows, places, span, states, picked, pick, fold }}
      />
    </div>
  );
}

function Scale({ span, start }: { readonly span: Span; readonly start: number }) {
  const offset = span.from - start;
  const narrow = useIsNarrow();
  const isWhole = (tick: number) => tick <= (span.to - span.from) * (narrow ? 0.7 : 0.84);
  return (
    <div className="timeline-scale" aria-hidden="true">
      {ticksOf(span, narrow ? TICKS / 2 : TICKS)
        .filter(isWhole)
        .map((tick) => (
          <span key={tick} style={{ left: `${(tick / (span.to - span.from)) * 100}%` }}>
            {duration(offset + tick)}
          </span>
        ))}
    </div>
  );
}

interface RowsProps {
  readonly box: React.RefObject<HTMLDivElement | null>;
  readonly graph: RunGraph;
  readonly rows: readonly TimelineRowOf[];
  readonly places: Places;
  readonly span: Span;
  readonly states: RunStates;
  /** Undefined when nothing goes on. */
  readonly now: number | undefined;
  readonly picked: string | undefined;
  readonly pick: (nodeId: string) => void;
  readonly fold: (node: number) => void;
}

function Rows(props: RowsProps) {
  const { box, graph, rows, places, span, states, now, picked, pick, fold } = props;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const node = picked === undefined ? -1 : (graph.indexOf.get(picked) ?? -1);
  const lit = useMemo(() => (node < 0 ? undefined : dependenciesOf(graph, node)), [graph, node]);
  const hasGroups = places.groups.includes(1);
  useStart(virtual, { rows, states, isPicked: node >= 0 });
  // The row is shown when another node is picked, and not whenever rows are put in order anew.
  const latest = useRef(rows);
  latest.current = rows;
  useEffect(() => {
    const at = latest.current.findIndex((row) => row.node === node);
    const { startIndex = 0, endIndex = 0 } = virtual.range ?? {};
    const isSeen = at > startIndex && at < endIndex;
    if (at >= 0 && !isSeen) virtual.scrollToIndex(at, { align: 'center' });
  }, [node, virtual]);
  return (
    <div className="timeline-rows" ref={box}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const { node: one } = row;
          const id = graph.ids[one] ?? '';
          return (
            <TimelineRow
              key={id}
              status={stateOf(states, one)}
              isPicked={one === node}
              isLit={lit?.has(one) === true && one !== node}
              does={graph.does[one] ?? ''}
              hasGroups={hasGroups}
              {...{ id, row, top: start, states, places, span, now, pick, fold }}
            />
          );
        })}
      </div>
    </div>
  );
}

interface Start {
  readonly rows: readonly TimelineRowOf[];
  readonly states: RunStates;
  readonly isPicked: boolean;
}

const ABOVE = 3;

/** Of a run that goes on, the rows of what happens now are shown first; later nothing moves by itself. */
function useStart(
  virtual: { scrollToIndex(index: number, options: { align: 'start' }): void },
  { rows, states, isPicked }: Start,
): void {
  const [first] = useState({ rows, states, isPicked });
  useEffect(() => {
    if (first.isPicked) return;
    const { running, waits } = first.states;
    const at = first.rows.findIndex(({ node }) => running.has(node) || waits.has(node));
    if (at > ABOVE) virtual.scrollToIndex(at - ABOVE, { align: 'start' });
  }, [first, virtual]);
}
