import type { ReactNode } from 'react';
import { Rows } from './rows.tsx';
import './thing-table.css';

export interface Column<T> {
  readonly head: string;
  readonly cell: (item: T) => ReactNode;
  /** What a thing is known by: on a narrow screen it has a line of its own. */
  readonly first?: boolean;
  readonly num?: boolean;
  /** What can be done with a thing: it says itself what it does, and needs no head. */
  readonly act?: boolean;
}

interface Props<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string;
}

/** Things as rows; on a narrow screen as cards. */
export function ThingTable<T>({ label, items, columns, keyOf }: Props<T>) {
  return (
    <div className="table-scroll">
      <table className="table table-cards things" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} className={classOf(column)}>
                {isAct(column) ? <span className="things-unseen">{column.head}</span> : column.head}
              </th>
            ))}
          </tr>
        </thead>
        <Rows items={items}>
          {(item) => (
            <tr key={keyOf(item)}>
              {columns.map((column) => (
                <td
                  key={column.head}
                  data-label={column.first || isAct(column) ? undefined : column.head}
                  className={classOf(column)}
                >
                  {column.cell(item)}
                </td>
              ))}
            </tr>
          )}
        </Rows>
      </table>
    </div>
  );
}

/** The menu of a row has no head at all. */
function isAct({ head, act = false }: Column<never>): boolean {
  return act || head === '';
}

function classOf(column: Column<never>): string | undefined {
  if (column.first) return 'first';
  if (isAct(column)) return 'act';
  return column.num ? 'num' : undefined;
}

/** Stands where there is no value; a card leaves the value out. */
export function NoValue() {
  return <span className="dim no-value">–</span>;
}
