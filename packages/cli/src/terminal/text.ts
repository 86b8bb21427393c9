import { stripVTControlCharacters } from 'node:util';

/**
 * Text from files, servers and programs may hold anything; what reaches a terminal must not move
 * its cursor, colour it, or turn the reading direction around.
 */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/** The text on one line, without escape sequences, each other control character made visible. */
export function printable(text: string): string {
  return stripVTControlCharacters(text.toWellFormed()).replace(UNPRINTABLE, '\ufffd');
}

/** The text's lines, each printable, tabs as spaces. */
export function printableLines(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/).map((line) => printable(line.replace(/\t/g, '    ')));
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WIDE =
  /^(?:\p{Emoji_Presentation}|.*\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}])/u;
const INVISIBLE = /^[\p{Mark}\u200b-\u200d]+$/u;

/** How many columns of a terminal a printable text takes. */
export function cellWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let cells = 0;
  for (const { segment } of graphemes.segment(text)) cells += graphemeWidth(segment);
  return cells;
}

/** The text cut to at most `width` columns, with an ellipsis where something was cut. */
export function truncate(text: string, width: number): string {
  if (cellWidth(text) <= width) return text;
  if (width < 1) return '';
  let kept = '';
  let cells = 1;
  for (const { segment } of graphemes.segment(text)) {
    cells += graphemeWidth(segment);
    if (cells > width) break;
    kept += segment;
  }
  return `${kept}…`;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cellWidth(text)));
}

function graphemeWidth(segment: string): number {
  if (INVISIBLE.test(segment)) return 0;
  return WIDE.test(segment) ? 2 : 1;
}

/** `1 node`, `2 nodes`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
