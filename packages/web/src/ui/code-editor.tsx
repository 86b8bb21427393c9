import { useId, useMemo, useRef } from 'react';
import type { TextProblem } from '../logic/document.ts';
import './code-editor.css';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly change: (text: string) => void;
  readonly problems: readonly TextProblem[];
  /** How a line is called, for the way to it. */
  readonly lineWord: (line: number) => string;
  readonly rows?: number;
}

/** A text with numbered lines; what is wrong stands below, and leads to its line. */
export function CodeEditor({ label, value, change, problems, lineWord, rows = 24 }: Props) {
  const text = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const id = useId();
  const count = useMemo(() => value.split('\n').length, [value]);
  const wrong = new Set(problems.map(({ line }) => line));
  return (
    <div className="code-editor">
      <label htmlFor={id}>{label}</label>
      <div className="code-editor-box" data-wrong={problems.length > 0}>
        <div className="code-editor-numbers" ref={numbers} aria-hidden="true">
          {Array.from({ length: count }, (_, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number.
            <span key={at} data-wrong={wrong.has(at + 1)}>
              {at + 1}
            </span>
          ))}
        </div>
        <textarea
          id={id}
          ref={text}
          value={value}
          rows={rows}
          onChange={(event) => change(event.currentTarget.value)}
          onScroll={({ currentTarget: { scrollTop } }) =>
            numbers.current?.scrollTo({ top: scrollTop })
          }
          aria-invalid={problems.length > 0}
          aria-describedby={`${id}-problems`}
          spellCheck={false}
          autoCapitalize="off"
          wrap="off"
        />
      </div>
      <ul id={`${id}-problems`} className="code-editor-problems" aria-live="polite">
        {problems.map(({ line, message }) => (
          <li key={`${line} ${message}`}>
            <button
              type="button"
              onClick={() => text.current !== null && goTo(text.current, { line, count })}
            >
              {lineWord(line)}
            </button>
            <span>{message}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Puts the cursor at a line, and the line into sight. */
function goTo(
  text: HTMLTextAreaElement,
  { line, count }: { readonly line: number; readonly count: number },
): void {
  const lines = text.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  text.scrollTo({ top: ((line - 1) / count) * text.scrollHeight - text.clientHeight / 3 });
}
