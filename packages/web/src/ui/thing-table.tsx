import type { ReactNode } from 'react';

export interface Column<T> {
  readonly head: string;
  readonly cell: (item: T) => ReactNode;
  /** What a thing is known by: on a narrow screen it has a line of its own. */
  readonly first?: boolean;
  readonly num?: boolean;
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
      <table className="table table-cards" aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ head, num }) => (
              <th key={head} {...(num && { className: 'num' })}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)}>
              {columns.map(({ head, cell, first, num }) => (
                <td
                  key={head}
                  data-label={first ? undefined : head || undefined}
                  {...((first || num) && { className: first ? 'first' : 'num' })}
                >
                  {cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
