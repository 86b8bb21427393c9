import type { Io } from '../io.ts';
import { bytesText } from './bytes-text.ts';

const EVERY_MS = 100;
const WIDTH = 24;
const CLEAR_LINE = '\r\u001b[2K';

export interface ProgressBar {
  add(bytes: number): void;
  /** Takes the line away. */
  end(): void;
}

/**
 * A line on stderr that is written anew while bytes come; nothing where nobody looks on.
 * @param total bytes in all; undefined when that is not known
 */
export function createProgressBar(
  { stderr, isTerminal, now, size }: Pick<Io, 'stderr' | 'isTerminal' | 'now' | 'size'>,
  total: number | undefined,
): ProgressBar {
  let done = 0;
  let shownAt = Number.NEGATIVE_INFINITY;
  if (!isTerminal) return { add: () => undefined, end: () => undefined };
  return {
    add(bytes) {
      done += bytes;
      if (now() - shownAt < EVERY_MS) return;
      shownAt = now();
      stderr.write(CLEAR_LINE + barLine(done, total).slice(0, Math.max(0, size().width - 1)));
    },
    end() {
      if (shownAt !== Number.NEGATIVE_INFINITY) stderr.write(CLEAR_LINE);
    },
  };
}

function barLine(done: number, total: number | undefined): string {
  if (total === undefined || total === 0) return bytesText(done);
  const share = Math.min(1, done / total);
  const filled = Math.round(share * WIDTH);
  const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
  return `[${bar}] ${Math.floor(share * 100)}%  ${bytesText(done)} of ${bytesText(total)}`;
}
