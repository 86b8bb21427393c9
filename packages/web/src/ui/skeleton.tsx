import { useEffect, useState } from 'react';
import { after } from '../data/clock.ts';
import { WORDS } from '../words.ts';

const PATIENCE_MS = 150;

/**
 * Stands where data will; it is seen only after a moment, since most data is there before. Until then
 * it is there all the same: who waits for a page waits for it to be gone.
 */
export function Waiting({ rows = 6 }: { readonly rows?: number }) {
  const [shown, setShown] = useState(false);
  useEffect(() => after(PATIENCE_MS, () => setShown(true)), []);
  return (
    <div className="skeleton" hidden={!shown} role="status" aria-label={WORDS.common.loading}>
      {Array.from({ length: rows }, (_, row) => `row-${row}`).map((row) => (
        <span key={row} />
      ))}
    </div>
  );
}
