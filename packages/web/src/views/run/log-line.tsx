import type { LogLine } from '@tenuto/contract';
import { memo, useMemo } from 'react';
import { marked, type Span, spansOf } from '../../logic/ansi.ts';
import { exact, timeOfDay } from '../../logic/format.ts';
import { spanParts } from '../../logic/span-parts.ts';
import { LOG_WORDS as words } from '../../words-log.ts';
import type { LogLook } from './log-bar.tsx';

/** The height of a line, as log.css has it. */
const LINE_EM = 1.5;

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
      <Words text={text} search={search} />
    </>
  );
}

/** A command that writes fast writes thousands of lines at once: what is not in sight is not laid out. */
const Words = memo(function Words({
  text,
  search,
}: {
  readonly text: string;
  readonly search: string;
}) {
  const parts = useMemo(() => spanParts(spansOf(text)), [text]);
  if (parts.length === 1) {
    return <span className="log-words">{parts[0]?.spans.map(coloured(search))}</span>;
  }
  return (
    <span className="log-words">
      {parts.map(({ spans, lines }, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of an entry never move.
          key={index}
          className="log-part"
          style={{ containIntrinsicHeight: `auto ${lines * LINE_EM}em` }}
        >
          {spans.map(coloured(search))}
        </span>
      ))}
    </span>
  );
});

function coloured(search: string) {
  return (span: Span, index: number) => (
    <span key={index} className={span.look}>
      {marked(span.text, search).map(({ text: piece, hit }, place) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: neither do these.
        hit ? <mark key={place}>{piece}</mark> : piece,
      )}
    </span>
  );
}

export function lineClass({ stream }: LogLine, isTarget = false): string {
  return `log-${stream === 'stderr' ? 'error' : 'text'}${isTarget ? ' log-target' : ''}`;
}
