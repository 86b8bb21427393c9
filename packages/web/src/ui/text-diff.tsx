import { useMemo } from 'react';
import { diffOf, folded } from '../logic/text-diff.ts';
import { WORDS } from '../words.ts';
import './text-diff.css';

const SIGNS = { same: ' ', added: '+', removed: '−' } as const;

interface Props {
  readonly before: string;
  readonly after: string;
  readonly label: string;
  /** Said when there is no difference. */
  readonly same: string;
}

/** What has changed between two texts, with what is far from any change folded away. */
export function TextDiff({ before, after, label, same }: Props) {
  const lines = useMemo(() => diffOf(before, after), [before, after]);
  if (lines.every(({ kind }) => kind === 'same')) return <p className="card-body dim">{same}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys.
    <div className="diff" tabIndex={0} role="region" aria-label={label}>
      {folded(lines).map((line, at) =>
        line.kind === 'fold' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no names.
          <div key={at} className="diff-fold">
            {WORDS.common.unchanged(line.lines)}
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no names.
          <div key={at} className={`diff-line diff-${line.kind}`}>
            <span className="diff-number">{line.before}</span>
            <span className="diff-number">{line.after}</span>
            <span className="diff-sign">{SIGNS[line.kind]}</span>
            <span className="diff-text">{line.text}</span>
          </div>
        ),
      )}
    </div>
  );
}
