import { useEffect, useState } from 'react';
import { after } from '../data/clock.ts';
import { WORDS } from '../words.ts';

export const PATIENCE_MS = 150;

interface Props {
  readonly rows?: number;
  /** Whether the moment has been waited already. */
  readonly atOnce?: boolean;
}

/**
 * Stands where data will; it is seen only after a moment, since most data is there before. Until then
 * it is there all the same: who waits for a page waits for it to be gone.
 */
export function Waiting({ rows = 6, atOnce = false }: Props) {
  const [shown, setShown] = useState(atOnce);
  useEffect(() => after(PATIENCE_MS, () => setShown(true)), []);
  return (
    <div className="skeleton" hidden={!shown} role="status" aria-label={WORDS.common.loading}>
      {Array.from({ length: rows }, (_, row) => `row-${row}`).map((row) => (
        <span key={row} />
      ))}
    </div>
  );
}
