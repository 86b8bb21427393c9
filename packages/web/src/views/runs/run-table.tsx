import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { RunView } from '@tenuto/contract';
import { type RefObject, useEffect } from 'react';
import { lookOf } from '../../logic/status.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { useIsNarrow } from '../../ui/narrow.ts';
import { StatusMark } from '../../ui/status.tsx';
import { Took, When } from '../../ui/time.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.list;
const ROW_PX = 29;
const CARD_PX = 62;
const NEAR_END = 20;

interface Props {
  readonly runs: readonly RunView[];
  readonly box: RefObject<HTMLDivElement | null>;
  /** Told whether the newest rows are in sight. */
  readonly onTop: (atTop: boolean) => void;
  /** Asked for when the end comes near. */
  readonly more: () => void;
}

/** Rows of runs; only those in sight are in the page, however many there are. */
export function RunTable({ runs, box, onTop, more }: Props) {
  const narrow = useIsNarrow();
  const virtual = useVirtualizer({
    count: runs.length,
    getScrollElement: () => box.current,
    estimateSize: () => (narrow ? CARD_PX : ROW_PX),
    getItemKey: (index) => runs[index]?.run_id ?? index,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const total = runs.length;
  useEffect(() => {
    if (last >= total - NEAR_END) more();
  });
  return (
    <div
      className="run-scroll"
      ref={box}
      onScroll={(event) => onTop(event.currentTarget.scrollTop < ROW_PX)}
      role="table"
      aria-label={words.title}
      aria-rowcount={total}
    >
      <div role="rowgroup">
        <Head />
      </div>
      <div role="rowgroup" className="run-rows" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start, key, size }) => {
          const run = runs[index];
          return (
            run && (
              <RunRow
                key={String(key)}
                run={run}
                index={index}
                style={{ top: start, height: size }}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function Head() {
  return (
    <div role="row" className="run-head">
      <span role="columnheader">{words.status}</span>
      <span role="columnheader">{words.name}</span>
      <span role="columnheader">{words.progress}</span>
      <span role="columnheader">{words.started}</span>
      <span role="columnheader">{words.took}</span>
      <span role="columnheader">{words.by}</span>
      <span role="columnheader">Id</span>
    </div>
  );
}

interface RowProps {
  readonly run: RunView;
  readonly index: number;
  readonly style: { readonly top: number; readonly height: number };
}

function RunRow({ run, index, style }: RowProps) {
  return (
    <div role="row" aria-rowindex={index + 1} className="run-line" style={style}>
      <span role="cell">
        <StatusMark status={run.status} />
      </span>
      <span role="cell" className="run-name">
        <Link to="/runs/$runId" params={{ runId: run.run_id }} className="run-row">
          {run.name}
        </Link>
        {run.kind !== 'job' && <span className="dim"> {words.kinds[run.kind]}</span>}
        {run.tags.length > 0 && <span className="dim"> {run.tags.join(', ')}</span>}
        {run.error?.message && <span className="run-error">{run.error.message}</span>}
      </span>
      <span role="cell">
        <Progress run={run} />
      </span>
      <span role="cell">
        <When at={run.created_at} />
      </span>
      <span role="cell">
        <Took from={run.started_at} to={run.completed_at} />
      </span>
      <span role="cell" className="cut dim">
        {run.triggered_by}
      </span>
      <span role="cell">
        <CopyId id={run.run_id} />
      </span>
    </div>
  );
}

/** How far a run has come, with what it has come to so far. */
export function Progress({
  run,
}: {
  readonly run: Pick<RunView, 'progress_percentage' | 'status'>;
}) {
  const value = Math.round(run.progress_percentage);
  return (
    <span className={`tone-${lookOf(run.status).tone} num`}>
      <span className="meter" aria-hidden="true">
        <span style={{ width: `${value}%` }} />
      </span>{' '}
      {value}%
    </span>
  );
}
