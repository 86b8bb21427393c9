import { Button } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { LogLine } from '@tenuto/contract';
import { useRef } from 'react';
import { Empty } from '../../ui/notice.tsx';
import { LOG_WORDS as words } from '../../words-log.ts';
import type { LogLook } from './log-bar.tsx';
import { LogLineView, lineClass } from './log-line.tsx';

const LINE_PX = 19;

interface Props {
  readonly found: readonly LogLine[];
  readonly look: LogLook;
  readonly text: string;
  readonly isReading: boolean;
  readonly more: (() => void) | undefined;
  /** Shows a line among all others. */
  readonly show: (line: string) => void;
}

/** Only the lines that fit what is sought; the number of one leads to it among all others. */
export function LogMatches({ found, look, text, isReading, more, show }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: found.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  });
  if (found.length === 0) {
    return isReading ? null : <Empty title={words.noMatch} text={words.noMatchText} />;
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys.
    <div className={`log-lines ${look.wrap ? '' : 'log-long'}`} role="log" ref={box} tabIndex={0}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const line = found[index];
          return (
            line && (
              <div
                key={String(key)}
                ref={virtual.measureElement}
                data-index={index}
                className={`log-line ${lineClass(line)}`}
                style={{ transform: `translateY(${start}px)` }}
              >
                <LogLineView line={line} look={look} search={text} point={show} />
              </div>
            )
          );
        })}
      </div>
      {more !== undefined && (
        <Button variant="default" onClick={more} loading={isReading}>
          {words.more}
        </Button>
      )}
    </div>
  );
}
