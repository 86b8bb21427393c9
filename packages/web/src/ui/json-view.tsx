import { pretty } from '../logic/format.ts';
import { CopyButton } from './copy-id.tsx';

const MOST_CHARS = 100_000;

/** A value as text that can be copied; a very long one is cut, and says so. */
export function JsonView({ value, label }: { readonly value: unknown; readonly label: string }) {
  const text = pretty(value);
  const shown = text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}\n…` : text;
  return (
    <div className="json">
      <CopyButton text={text} what={label} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys. */}
      <pre tabIndex={0} role="region" aria-label={label}>
        {shown}
      </pre>
    </div>
  );
}
