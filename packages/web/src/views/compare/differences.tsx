import type { DifferencesView } from '@tenuto/contract';
import { pretty } from '../../logic/format.ts';
import { COMPARE_WORDS as words } from '../../words-compare.ts';

/** What differs in a value: where, what it was, and what it is. */
export function Differences({ changes, truncated }: DifferencesView) {
  if (changes.length === 0) return null;
  return (
    <div className="differences">
      {changes.map(({ op, path, before, after, cut }) => (
        <div key={path + op} className="difference">
          <code>{path === '' ? words.whole : path}</code>
          <span className="difference-values">
            {op !== 'added' && (
              <del>
                <span className="dim">− </span>
                {cut === true && before === undefined ? words.cut : pretty(before)}
              </del>
            )}
            {op !== 'removed' && (
              <ins>
                <span className="dim">+ </span>
                {cut === true && after === undefined ? words.cut : pretty(after)}
              </ins>
            )}
          </span>
        </div>
      ))}
      {truncated && <p className="dim">{words.truncated}</p>}
    </div>
  );
}
