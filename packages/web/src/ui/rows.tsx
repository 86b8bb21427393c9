import { type ReactNode, useEffect, useRef, useState } from 'react';

/** Rows that come and go together. */
const ROWS_AT_ONCE = 50;
/** Drawn before they are in sight, so that who scrolls does not wait. */
const AHEAD = '1200px 0px';

interface Props<T> {
  readonly items: readonly T[];
  /** One row, with its key. */
  readonly children: (item: T, index: number) => ReactNode;
}

/** The body of a table, however long: rows far from what is in sight leave their place only. */
export function Rows<T>({ items, children }: Props<T>) {
  const parts = Math.max(1, Math.ceil(items.length / ROWS_AT_ONCE));
  return Array.from({ length: parts }, (_, part) => {
    const from = part * ROWS_AT_ONCE;
    const rows = () =>
      items.slice(from, from + ROWS_AT_ONCE).map((item, at) => children(item, from + at));
    // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place.
    return <Part key={part} {...{ rows }} isKept={parts <= 2} />;
  });
}

interface PartProps {
  readonly rows: () => ReactNode;
  /** There whatever is in sight. */
  readonly isKept: boolean;
}

function Part({ rows, isKept }: PartProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  /** Of what is not drawn: as high as it was. */
  const [height, setHeight] = useState<number>();
  useEffect(() => {
    if (isKept || body.current === null) return;
    const root = document.getElementById('content');
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1);
        if (entry === undefined) return;
        setHeight(entry.isIntersecting ? undefined : entry.boundingClientRect.height);
      },
      { root, rootMargin: AHEAD },
    );
    observer.observe(body.current);
    return () => observer.disconnect();
  }, [isKept]);
  return (
    <tbody className="rows" ref={body}>
      {isKept || height === undefined ? (
        rows()
      ) : (
        <tr className="rows-place" style={{ height }}>
          <td />
        </tr>
      )}
    </tbody>
  );
}
