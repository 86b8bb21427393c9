import type { Io } from './io.ts';
import { createPalette, type Palette } from './terminal/palette.ts';

/** What a command says: one JSON document (or one a line) on stdout, or text for people. */
export interface Output {
  readonly isJson: boolean;
  readonly palette: Palette;
  /** The command's result: the document with --json, else the lines. */
  result(document: unknown, lines: () => readonly string[]): void;
  /** One document of a stream; nothing without --json. */
  event(document: Readonly<Record<string, unknown>>): void;
  /** Lines for people; nothing with --json. */
  say(...lines: readonly string[]): void;
  /** Lines for people that are no part of the result. */
  note(...lines: readonly string[]): void;
}

export interface OutputOptions {
  readonly json?: boolean;
  /** False when asked for with --no-color. */
  readonly color?: boolean;
}

export function createOutput(io: Io, options: OutputOptions): Output {
  const isJson = options.json === true;
  const print = (lines: readonly string[]) => {
    for (const line of lines) io.stdout.write(`${line}\n`);
  };
  return {
    isJson,
    palette: createPalette(!isJson && hasColour(io, options)),
    result: (document, lines) => {
      if (isJson) io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
      else print(lines());
    },
    event: (document) => {
      if (isJson) io.stdout.write(`${JSON.stringify(document)}\n`);
    },
    say: (...lines) => {
      if (!isJson) print(lines);
    },
    note: (...lines) => {
      for (const line of lines) io.stderr.write(`${line}\n`);
    },
  };
}

function hasColour(io: Io, options: OutputOptions): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = io.env;
  if (options.color === false || (NO_COLOR !== undefined && NO_COLOR !== '')) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return io.isTerminal && TERM !== 'dumb';
}
