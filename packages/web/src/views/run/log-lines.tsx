import { Button } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { LOG_PAGE, type LogOf, lineKey, type Stretch, useLogLines } from '../../data/logs.ts';
import { type AttemptLines, type LogRows, rowsOf } from '../../logic/log-rows.ts';
import { LOG_WORDS as words } from '../../words-log.ts';
import { AttemptRow } from './log-attempt.tsx';
import type { LogLook } from './log-bar.tsx';
import { LogLineView, lineClass } from './log-line.tsx';

const LINE_PX = 19;

interface Props {
  readonly of: LogOf;
  readonly ends: readonly AttemptLines[];
  readonly look: LogLook;
  readonly text: string;
  readonly follow: boolean;
  readonly setFollow: (follow: boolean) => void;
  readonly target: { readonly attempt: number; readonly seq: number } | undefined;
  readonly point: (line: string) => void;
}

/** All of a log, of which only what is looked at is ever read. */
export function LogLines(props: Props) {
  const { of, ends, look, text, follow, setFollow, target, point } = props;
  const box = useRef<HTMLDivElement>(null);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const rows = useMemo(() => rowsOf(ends, folded), [ends, folded]);
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  });
  const seen = virtual.getVirtualItems();
  const { lines } = useLogLines(of, stretchesOf(rows, ends, seen));
  useFollow({ box, follow, setFollow, rows });
  const place = target && rows.indexOf(target.attempt, target.seq);
  useEffect(() => {
    if (place !== undefined) virtual.scrollToIndex(place, { align: 'center' });
  }, [place, virtual]);
  useMark(box, target && lines.has(lineKey(target.attempt, target.seq)) ? place : undefined);
  const fold = (attempt: number) =>
    setFolded(folded.has(attempt) ? less(folded, attempt) : new Set([...folded, attempt]));
  return (
    <div className="log-frame">
      <div
        className={`log-lines ${look.wrap ? '' : 'log-long'}`}
        role="log"
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys.
        tabIndex={0}
        onWheel={(event) => event.deltaY < 0 && setFollow(false)}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {seen.map(({ index, start, key }) => {
            const row = rows.at(index);
            const line =
              row && row.part === undefined ? lines.get(lineKey(row.attempt, row.seq)) : undefined;
            return (
              <div
                key={String(key)}
                ref={virtual.measureElement}
                data-index={index}
                className={`log-line ${line ? lineClass(line, index === place) : ''}`}
                style={{ transform: `translateY(${start}px)` }}
              >
                {row?.part !== undefined && (
                  <AttemptRow
                    part={row.part}
                    lines={ends.find(({ attempt }) => attempt === row.attempt)}
                    isOpen={!folded.has(row.attempt)}
                    fold={() => fold(row.attempt)}
                  />
                )}
                {line && <LogLineView {...{ line, look, point }} search={text} />}
                {row && row.part === undefined && !line && <span className="log-gap">…</span>}
              </div>
            );
          })}
        </div>
      </div>
      {!follow && (
        <Button className="log-newest" size="compact-sm" onClick={() => setFollow(true)}>
          {words.newest}
        </Button>
      )}
    </div>
  );
}

/** The stretches that the rows in sight lie in, each once. */
function stretchesOf(
  rows: LogRows,
  ends: readonly AttemptLines[],
  seen: readonly { readonly index: number }[],
): readonly Stretch[] {
  const stretches = new Map<string, Stretch>();
  for (const { index } of seen) {
    const row = rows.at(index);
    if (row === undefined || row.part !== undefined) continue;
    const page = Math.floor((row.seq - 1) / LOG_PAGE);
    const last = ends.find(({ attempt }) => attempt === row.attempt)?.last ?? 0;
    const length = Math.min(LOG_PAGE, last - page * LOG_PAGE);
    stretches.set(lineKey(row.attempt, page), { attempt: row.attempt, page, length });
  }
  return [...stretches.values()];
}

function less(numbers: ReadonlySet<number>, without: number): ReadonlySet<number> {
  return new Set([...numbers].filter((number) => number !== without));
}

const READS = ['wheel', 'pointerdown', 'keydown'] as const;

/** Shows what was found in an entry of many lines, once the entry is there. */
function useMark(box: RefObject<HTMLDivElement | null>, place: number | undefined): void {
  useEffect(() => {
    const element = box.current;
    const inner = element?.firstElementChild;
    if (place === undefined || !element || !inner) return;
    const show = () => {
      const mark = element.querySelector('.log-target mark')?.getBoundingClientRect();
      const { top, height } = element.getBoundingClientRect();
      if (mark !== undefined) element.scrollTop += mark.top - top - height / 2;
    };
    // The box grows as rows are measured, which moves what is in sight; the reader ends that.
    const grown = new ResizeObserver(show);
    const stop = () => grown.disconnect();
    grown.observe(inner);
    for (const act of READS) element.addEventListener(act, stop, { once: true });
    return () => {
      stop();
      for (const act of READS) element.removeEventListener(act, stop);
    };
  }, [box, place]);
}

interface Following {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly follow: boolean;
  readonly setFollow: (follow: boolean) => void;
  readonly rows: LogRows;
}

/** Stays with the newest line, until the reader scrolls up by whatever means. */
function useFollow({ box, follow, setFollow, rows }: Following): void {
  const last = useRef(0);
  useEffect(() => {
    const element = box.current;
    if (!follow || element === null || rows.count === 0) return;
    // Rows in sight are measured as they come: their box grows until all of them are.
    const stay = () => {
      element.scrollTop = element.scrollHeight;
      last.current = element.scrollTop;
    };
    stay();
    const grown = new ResizeObserver(stay);
    const inner = element.firstElementChild;
    if (inner !== null) grown.observe(inner);
    return () => grown.disconnect();
  }, [box, follow, rows]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const onKey = ({ key }: KeyboardEvent) => {
      if (['ArrowUp', 'PageUp', 'Home'].includes(key)) setFollow(false);
    };
    const onScroll = () => {
      if (element.scrollTop < last.current - 2 * LINE_PX) setFollow(false);
      last.current = element.scrollTop;
    };
    element.addEventListener('keydown', onKey);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      element.removeEventListener('keydown', onKey);
      element.removeEventListener('scroll', onScroll);
    };
  }, [box, setFollow]);
}
