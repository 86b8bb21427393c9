import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { RunView } from '@tenuto/contract';
import { memo, type RefObject, useEffect } from 'react';
import { useRunsThatCall } from '../../data/needs.ts';
import { columnTracks, type RunColumn } from '../../logic/run-columns.ts';
import { useIsNarrow } from '../../ui/narrow.ts';
import { StatusMark } from '../../ui/status.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { CELLS } from './run-cells.tsx';
import type { Picking } from './use-picking.ts';

const words = RUN_WORDS.list;
const ROW_PX = 29;
const CARD_PX = 62;
const NEAR_END = 20;

interface Props {
  readonly runs: readonly RunView[];
  readonly columns: readonly RunColumn[];
  readonly picking: Picking;
  readonly box: RefObject<HTMLDivElement | null>;
  /** Told whether the newest rows are in sight. */
  readonly onTop: (atTop: boolean) => void;
  /** Asked for when the end comes near. */
  readonly more: () => void;
}

/** Rows of runs; only those in sight are in the page, however many there are. */
export function RunTable({ runs, columns, picking, box, onTop, more }: Props) {
  const narrow = useIsNarrow();
  const calling = useRunsThatCall();
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
      style={{ ['--tracks' as string]: columnTracks(columns) }}
    >
      <div role="rowgroup">
        <Head columns={columns} />
      </div>
      <div role="rowgroup" className="run-rows" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start, key, size }) => {
          const run = runs[index];
          return (
            run && (
              <RunRow
                key={String(key)}
                {...{ run, index, columns, top: start, height: size }}
                isPicked={picking.picked.has(run.run_id)}
                calls={calling.has(run.run_id)}
                toggle={picking.toggle}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function Head({ columns }: Pick<Props, 'columns'>) {
  return (
    <div role="row" className="run-head">
      <span role="columnheader" aria-label={words.pick('')} />
      <span role="columnheader">{words.status}</span>
      <span role="columnheader">{words.name}</span>
      {columns.map((column) => (
        <span role="columnheader" key={column}>
          {words.columnWords[column]}
        </span>
      ))}
    </div>
  );
}

interface RowProps {
  readonly run: RunView;
  readonly index: number;
  readonly columns: readonly RunColumn[];
  readonly top: number;
  readonly height: number;
  readonly isPicked: boolean;
  /** Whether it waits for a person. */
  readonly calls: boolean;
  readonly toggle: (runId: string) => void;
}

const RunRow = memo(function RunRow(props: RowProps) {
  const { run, index, columns, isPicked, calls, toggle, ...place } = props;
  const shows = (column: RunColumn) => columns.includes(column);
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      className={isPicked ? 'run-line run-picked' : 'run-line'}
      style={place}
      data-run={run.run_id}
    >
      <span role="cell" className="cell-pick">
        <input
          type="checkbox"
          checked={isPicked}
          onChange={() => toggle(run.run_id)}
          aria-label={words.pick(run.name)}
        />
      </span>
      <span role="cell" className="cell-status">
        <StatusMark status={run.status} />
        {calls && <StatusMark status="needs_person" bare />}
      </span>
      <span role="cell" className="run-name">
        <Link to="/runs/$runId" params={{ runId: run.run_id }} className="run-row">
          {run.name}
        </Link>
        {run.kind !== 'job' && !shows('kind') && (
          <span className="dim"> {words.kinds[run.kind]}</span>
        )}
        {run.error?.message && <span className="run-error">{run.error.message}</span>}
      </span>
      {columns.map((column) => (
        <span role="cell" key={column} className={`cut cell-${column}`}>
          {CELLS[column](run)}
        </span>
      ))}
    </div>
  );
});
