import { useState } from 'react';
import { after } from '../data/clock.ts';
import { shortId } from '../logic/format.ts';
import { WORDS } from '../words.ts';
import { Icon } from './icons.tsx';

const SHOWN_MS = 1_500;

/** An id, short, with a button that copies the whole of it. */
export function CopyId({ id, whole = false }: { readonly id: string; readonly whole?: boolean }) {
  return (
    <span className="copy-id">
      <code title={id}>{whole ? id : shortId(id)}</code>
      <CopyButton text={id} what={id} />
    </span>
  );
}

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    navigator.clipboard?.writeText(text).then(
      () => {
        setCopied(true);
        after(SHOWN_MS, () => setCopied(false));
      },
      () => undefined,
    );
  };
  const label = copied ? WORDS.common.copied : `${WORDS.common.copy} ${what}`;
  return (
    <button type="button" className="bare-button" onClick={copy} aria-label={label} title={label}>
      {copied ? <span className="copied">{WORDS.common.copied}</span> : <Icon name="copy" />}
    </button>
  );
}
