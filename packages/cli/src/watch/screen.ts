import type { Sink } from '../io.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_BELOW = '\u001b[0J';

/** Lines at the end of a terminal that are rewritten in place. */
export interface Screen {
  /** Replaces what was drawn before; each line must fit the terminal's width. */
  draw(lines: readonly string[]): void;
  /** Takes the lines away and gives the cursor back. */
  clear(): void;
}

export function createScreen(sink: Sink): Screen {
  let drawn: readonly string[] = [];
  const back = () => (drawn.length === 0 ? '' : `\u001b[${drawn.length}A\r`);
  return {
    draw: (lines) => {
      if (lines.length === drawn.length && lines.every((line, i) => line === drawn[i])) return;
      // One write: a terminal never shows half a frame.
      sink.write(
        `${HIDE_CURSOR}${back()}${CLEAR_BELOW}${lines.map((line) => `${line}\n`).join('')}`,
      );
      drawn = lines;
    },
    clear: () => {
      sink.write(`${back()}${CLEAR_BELOW}${SHOW_CURSOR}`);
      drawn = [];
    },
  };
}
