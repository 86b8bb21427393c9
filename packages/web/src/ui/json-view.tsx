import { useMemo, useState } from 'react';
import { pretty } from '../logic/format.ts';
import { linesInParts } from '../logic/text-parts.ts';
import { CopyButton } from './copy-id.tsx';
import { OnSight } from './on-sight.tsx';

/** Parts that are shown before who reads has come to their end. */
const PARTS_AT_ONCE = 8;

/** A value as text that can be copied; a very long one is shown on as it is scrolled. */
export function JsonView({ value, label }: { readonly value: unknown; readonly label: string }) {
  const text = useMemo(() => pretty(value), [value]);
  const parts = useMemo(() => linesInParts(text), [text]);
  const [shown, setShown] = useState(PARTS_AT_ONCE);
  return (
    <div className="json">
      <CopyButton text={text} what={label} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys. */}
      <div className="json-text" tabIndex={0} role="region" aria-label={label}>
        {parts.slice(0, shown).map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text never move.
          <pre key={index}>{part}</pre>
        ))}
        {shown < parts.length && (
          <OnSight key={shown} act={() => setShown(shown + PARTS_AT_ONCE)} />
        )}
      </div>
    </div>
  );
}
