import type { LogLine } from '@tenuto/contract';
import { marked, spansOf } from '../../logic/ansi.ts';
import { exact, timeOfDay } from '../../logic/format.ts';
import { LOG_WORDS as words } from '../../words-log.ts';
import type { LogLook } from './log-bar.tsx';

interface Props {
  readonly line: LogLine;
  readonly look: LogLook;
  readonly search: string;
  readonly point: (line: string) => void;
}

/** One line: its number, which leads to it; when it was written; and what it says, in its colours. */
export function LogLineView({ line, look, search, point }: Props) {
  const { attempt, seq, at, text } = line;
  return (
    <>
      <button
        type="button"
        className="log-number num"
        aria-label={words.link(`${attempt}.${seq}`)}
        onClick={() => point(`${attempt}.${seq}`)}
      >
        {seq}
      </button>
      {look.times && (
        <time dateTime={at} title={exact(Date.parse(at))}>
          {timeOfDay(Date.parse(at))}
        </time>
      )}
      <span className="log-words">
        {spansOf(text).map((span, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a line never move.
          <span key={index} className={span.look}>
            {marked(span.text, search).map(({ text: piece, hit }, place) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: neither do these.
              hit ? <mark key={place}>{piece}</mark> : piece,
            )}
          </span>
        ))}
      </span>
    </>
  );
}

export function lineClass({ stream }: LogLine, isTarget = false): string {
  return `log-${stream === 'stderr' ? 'error' : 'text'}${isTarget ? ' log-target' : ''}`;
}
