/** One piece of a line, as a terminal would show it. */
export interface Span {
  readonly text: string;
  /** The name of a class, of those below; nothing else ever comes out of a line. */
  readonly look: string;
}

const COLOURS = ['dark', 'red', 'green', 'amber', 'blue', 'magenta', 'slate', 'grey'] as const;
const CODES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the codes of terminals.
  /\u001b\[([0-9;?]*)[ -/]*([@-~])|\u001b\][^\u0007]*?(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]/g;

interface Pen {
  readonly colour: string | undefined;
  readonly bold: boolean;
  readonly faint: boolean;
}
const PLAIN: Pen = { colour: undefined, bold: false, faint: false };

/** A line in pieces, by the colours that its codes ask for; all other codes are left out. */
export function spansOf(line: string): readonly Span[] {
  const spans: Span[] = [];
  let pen = PLAIN;
  let from = 0;
  const put = (text: string) => {
    if (text !== '') spans.push({ text, look: lookOf(pen) });
  };
  for (const code of line.matchAll(CODES)) {
    put(line.slice(from, code.index));
    from = code.index + code[0].length;
    if (code[2] === 'm') pen = drawn(pen, (code[1] ?? '').split(';').map(Number));
  }
  put(line.slice(from));
  return spans;
}

/** The same without colours. */
export function plain(line: string): string {
  return line.replace(CODES, '');
}

function lookOf({ colour, bold, faint }: Pen): string {
  return [colour && `ansi-${colour}`, bold && 'ansi-bold', faint && 'ansi-faint']
    .filter(Boolean)
    .join(' ');
}

function drawn(pen: Pen, codes: readonly number[]): Pen {
  let next = pen;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    // Colours of 256 and of 24 bits have members of their own, which are no codes.
    if (code === 38 || code === 48) at += codes[at + 1] === 2 ? 4 : 2;
    else next = after(next, code);
  }
  return next;
}

function after(pen: Pen, code: number): Pen {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...pen, bold: true };
  if (code === 2) return { ...pen, faint: true };
  if (code === 22) return { ...pen, bold: false, faint: false };
  if (code === 39) return { ...pen, colour: undefined };
  if (code >= 30 && code <= 37) return { ...pen, colour: COLOURS[code - 30] };
  if (code >= 90 && code <= 97) return { ...pen, colour: COLOURS[code - 90] };
  return pen;
}

/** A span cut where a text is found in it, whatever its case; what is found is marked. */
export function marked(text: string, search: string): readonly { text: string; hit: boolean }[] {
  if (search === '') return [{ text, hit: false }];
  const wanted = search.toLowerCase();
  const where = text.toLowerCase();
  const pieces: { text: string; hit: boolean }[] = [];
  let from = 0;
  for (let at = where.indexOf(wanted); at !== -1; at = where.indexOf(wanted, from)) {
    if (at > from) pieces.push({ text: text.slice(from, at), hit: false });
    pieces.push({ text: text.slice(at, at + wanted.length), hit: true });
    from = at + wanted.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), hit: false });
  return pieces;
}
