/** Reads RE2's syntax (without look-around and back-references, as CEL has it) into a tree. */

/** The characters on both sides of a place in the text, empty at its ends. */
export interface Position {
  readonly before: string;
  readonly after: string;
}

export type PatternNode =
  | { readonly type: 'take'; readonly test: (char: string) => boolean }
  | { readonly type: 'where'; readonly test: (position: Position) => boolean }
  | { readonly type: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly type: 'choice'; readonly options: readonly PatternNode[] }
  | {
      readonly type: 'repeat';
      readonly body: PatternNode;
      readonly min: number;
      readonly max: number;
    };

interface Reader {
  readonly source: string;
  at: number;
  depth: number;
  flags: Flags;
}
interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

/** RE2's own bound on `{n}`. */
const MAX_REPEAT = 1_000;
const MAX_GROUP_DEPTH = 100;
const EMPTY: PatternNode = { type: 'sequence', parts: [] };

class PatternProblem extends Error {}

/** Parses a pattern, or says what is wrong with it. */
export function parsePattern(
  source: string,
): { readonly node: PatternNode } | { readonly problem: string } {
  const flags = { ignoreCase: false, multiline: false, dotAll: false };
  const reader: Reader = { source, at: 0, depth: 0, flags };
  try {
    const node = readChoice(reader);
    if (reader.at < source.length) throw new PatternProblem("unexpected ')'");
    return { node };
  } catch (error) {
    if (error instanceof PatternProblem) return { problem: error.message };
    throw error;
  }
}

function peek(reader: Reader, text: string): boolean {
  return reader.source.startsWith(text, reader.at);
}

/** Consumes what a sticky expression matches. */
function take(reader: Reader, expected: RegExp): RegExpExecArray | null {
  expected.lastIndex = reader.at;
  const match = expected.exec(reader.source);
  if (match !== null) reader.at += match[0].length;
  return match;
}

function readChoice(reader: Reader): PatternNode {
  const options = [readSequence(reader)];
  while (take(reader, /\|/y)) options.push(readSequence(reader));
  return options.length === 1 ? (options[0] ?? EMPTY) : { type: 'choice', options };
}

function readSequence(reader: Reader): PatternNode {
  const parts: PatternNode[] = [];
  while (reader.at < reader.source.length && !peek(reader, '|') && !peek(reader, ')')) {
    parts.push(readRepeat(reader, readAtom(reader)));
  }
  return { type: 'sequence', parts };
}

const REPEATS: ReadonlyMap<string, readonly [min: number, max: number]> = new Map([
  ['*', [0, Number.POSITIVE_INFINITY]],
  ['+', [1, Number.POSITIVE_INFINITY]],
  ['?', [0, 1]],
]);

/** A lazy repeat finds the same texts as a greedy one, so the `?` after it says nothing here. */
function readRepeat(reader: Reader, atom: PatternNode): PatternNode {
  const match = take(reader, /(?:([*+?])|\{(\d{1,5})(,(\d{1,5})?)?\})\??/y);
  if (match === null) return atom;
  if (take(reader, /[*+?]|\{\d+(,\d*)?\}/y)) throw new PatternProblem('a repeat of a repeat');
  const [, sign = '', least = '0', upwards, most] = match;
  const lower = Number(least);
  const upper = upwards === undefined ? lower : Number(most ?? Number.POSITIVE_INFINITY);
  const [min, max] = REPEATS.get(sign) ?? [lower, upper];
  if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Number.POSITIVE_INFINITY) || min > max) {
    throw new PatternProblem(`a repeat outside 0 to ${MAX_REPEAT}`);
  }
  return { type: 'repeat', body: atom, min, max };
}

function readAtom(reader: Reader): PatternNode {
  if (peek(reader, '(')) return readGroup(reader);
  if (peek(reader, '[')) return readClass(reader);
  if (peek(reader, '\\')) return readEscape(reader);
  const char = take(reader, /[\s\S]/uy)?.[0] ?? '';
  const { ignoreCase, multiline, dotAll } = reader.flags;
  if (char === '.') return dotAll ? single(() => true) : single((other) => other !== '\n');
  if (char === '^') {
    return where(({ before }) => before === '' || (multiline && before === '\n'));
  }
  if (char === '$') return where(({ after }) => after === '' || (multiline && after === '\n'));
  if (/[*+?]/.test(char)) throw new PatternProblem('nothing to repeat');
  return literal(char, ignoreCase);
}

function single(test: (char: string) => boolean): PatternNode {
  return { type: 'take', test };
}

function where(test: (position: Position) => boolean): PatternNode {
  return { type: 'where', test };
}

function literal(char: string, ignoreCase: boolean): PatternNode {
  if (!ignoreCase) return single((other) => other === char);
  const folded = char.toLowerCase();
  return single((other) => other.toLowerCase() === folded);
}

function readGroup(reader: Reader): PatternNode {
  const outer = reader.flags;
  const open = take(reader, /\((?!\?)|\(\?(?:P?<[A-Za-z_]\w*>|([ims]*)(?:-([ims]+))?([:)]))/y);
  if (open === null) throw new PatternProblem('look-around and unknown groups are not supported');
  const [, on = '', off = '', end] = open;
  const flag = (letter: string, was: boolean) =>
    !off.includes(letter) && (on.includes(letter) || was);
  reader.flags = {
    ignoreCase: flag('i', outer.ignoreCase),
    multiline: flag('m', outer.multiline),
    dotAll: flag('s', outer.dotAll),
  };
  if (end === ')') return EMPTY;
  if (++reader.depth > MAX_GROUP_DEPTH) throw new PatternProblem('groups nested too deeply');
  const body = readChoice(reader);
  if (!take(reader, /\)/y)) throw new PatternProblem("a ')' is missing");
  reader.depth--;
  reader.flags = outer;
  return body;
}

/** ASCII, as RE2 has them. */
const SHORT_CLASSES: Readonly<Record<string, string>> = {
  d: '0-9',
  w: '0-9A-Za-z_',
  s: '\\t\\n\\f\\r ',
};
const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  blank: '\\t ',
  digit: '0-9',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** The language's own engine tests one character against one class, which cannot backtrack. */
function classOf(content: string, reader: Reader): PatternNode {
  try {
    const tester = new RegExp(`^[${content}]$`, reader.flags.ignoreCase ? 'iu' : 'u');
    return single((char) => tester.test(char));
  } catch {
    throw new PatternProblem('a character class that cannot be read');
  }
}

function readClass(reader: Reader): PatternNode {
  const open = take(reader, /\[(\^?)(\]?)/y);
  const body = take(reader, /(?:\[:\^?[a-z]+:\]|\\[\s\S]|[^\]\\])*/y)?.[0] ?? '';
  if (!take(reader, /\]/y)) throw new PatternProblem("a ']' is missing");
  const content = body.replace(
    /\[:([a-z]+):\]|\\x\{([0-9A-Fa-f]{1,6})\}|\\([dws])|\\[\s\S]|[[({}|/-]/g,
    (part, posix?: string, hex?: string, short?: string) => {
      if (posix !== undefined) return POSIX_CLASSES[posix] ?? unknownClass();
      if (hex !== undefined) return `\\u{${hex}}`;
      if (short !== undefined) return SHORT_CLASSES[short] ?? unknownClass();
      return part === '[' ? '\\[' : part;
    },
  );
  return classOf(`${open?.[1] ?? ''}${open?.[2] ? '\\]' : ''}${content}`, reader);
}

function unknownClass(): never {
  throw new PatternProblem('an unknown character class');
}

const CONTROLS: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  v: '\v',
  a: '\x07',
};

function readEscape(reader: Reader): PatternNode {
  const hex = take(reader, /\\(?:x([0-9A-Fa-f]{2})|[xu]\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4}))/y);
  if (hex !== null) {
    const point = Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? '', 16);
    if (point > 0x10ffff) throw new PatternProblem('a character outside Unicode');
    return literal(String.fromCodePoint(point), reader.flags.ignoreCase);
  }
  const property = take(reader, /\\([pP])(?:([LMNPSZC])|\{(\^?)([A-Za-z_]{1,40})\})/y);
  if (property !== null) return readProperty(property, reader);
  const match = take(reader, /\\([\s\S])/uy);
  if (match === null) throw new PatternProblem("a '\\' at the end");
  const [, char = ''] = match;
  const short = SHORT_CLASSES[char.toLowerCase()];
  if (short !== undefined) return classOf(`${/[DWS]/.test(char) ? '^' : ''}${short}`, reader);
  if (char === 'b' || char === 'B') {
    return where(({ before, after }) => (isWord(before) !== isWord(after)) === (char === 'b'));
  }
  if (char === 'A') return where(({ before }) => before === '');
  if (char === 'z') return where(({ after }) => after === '');
  if (/[1-9]/.test(char)) throw new PatternProblem('back-references are not supported');
  const plain = CONTROLS[char] ?? (/[^0-9A-Za-z]/.test(char) ? char : undefined);
  if (plain === undefined) throw new PatternProblem(`an unknown escape \\${char}`);
  return literal(plain, reader.flags.ignoreCase);
}

function isWord(char: string): boolean {
  return /^\w$/.test(char);
}

/** `\pL`, `\p{Greek}`, `\P{Lu}`, `\p{^Lu}`. */
function readProperty(property: RegExpExecArray, reader: Reader): PatternNode {
  const [, letter = 'p', short, negated = '', long] = property;
  const name = short ?? long ?? '';
  const sign = (letter === 'P') !== (negated === '^') ? 'P' : 'p';
  const isScript = name.length > 2;
  return classOf(`\\${sign}{${isScript ? `Script=${name}` : name}}`, reader);
}
