import { cellWidth, printable } from '../terminal/text.ts';

/** A place in a text, both counted from 1 as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A text with the name that people know it by. */
export interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** Something wrong at a place of a file; without `offset` it is about the file as a whole. */
export interface Finding {
  readonly message: string;
  /** UTF-16 units from the start of the text. */
  readonly offset?: number;
}

/** A file that cannot be used as it is. */
export class FileError extends Error {
  readonly source: SourceText;
  readonly findings: readonly Finding[];

  constructor(source: SourceText, findings: readonly Finding[]) {
    super(`${source.name}: ${findings[0]?.message ?? 'cannot be used'}`);
    this.name = 'FileError';
    this.source = source;
    this.findings = findings;
  }
}

export function positionAt(text: string, offset: number): Position {
  const start = lineStart(text, offset);
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < start; at = text.indexOf('\n', at + 1)) {
    line += 1;
  }
  return { line, column: offset - start + 1 };
}

const EXCERPT_CELLS = 100;

/**
 * A finding for people: `file:line:column`, the message, and the line with a caret under the place.
 *
 * @returns lines without line ends
 */
export function describeFinding({ name, text }: SourceText, finding: Finding): readonly string[] {
  const message = printable(finding.message);
  if (finding.offset === undefined) return [`${printable(name)}: ${message}`];
  const { line, column } = positionAt(text, finding.offset);
  const start = lineStart(text, finding.offset);
  const end = text.indexOf('\n', start);
  // A long line is shown around the place.
  const from = Math.max(start, finding.offset - EXCERPT_CELLS / 2);
  const to = Math.min(end < 0 ? text.length : end, from + EXCERPT_CELLS);
  const shown = flat(text.slice(from, to));
  const caret = ' '.repeat(cellWidth(flat(text.slice(from, finding.offset))));
  const gutter = ' '.repeat(String(line).length);
  return [
    `${printable(name)}:${line}:${column}: ${message}`,
    ` ${line} | ${shown}`,
    ` ${gutter} | ${caret}^`,
  ];
}

/** One cell for each tab and control character, so that the caret stands where it should. */
function flat(text: string): string {
  return printable(text.replace(/[\t\r]/g, ' '));
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}
