/** Methods of strings. Positions and sizes count code points, as CEL says. */
import { type Evaluation, Failure, spend, spendText } from './evaluation.ts';
import { type Overload, overload } from './overload.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { testPattern } from './pattern-match.ts';
import { makeList } from './values.ts';

/** Compiling a pattern costs about this much for each of its characters. */
const PATTERN_STEPS_PER_CHAR = 20;

function matches(text: string, source: string, evaluation: Evaluation): boolean {
  return testPattern(knownPattern(source, evaluation), text, (steps) => spend(evaluation, steps));
}

function knownPattern(source: string, evaluation: Evaluation): Pattern {
  const known = evaluation.patterns.get(source);
  if (known !== undefined) return known;
  spend(evaluation, source.length * PATTERN_STEPS_PER_CHAR);
  const compiled = compilePattern(source);
  if ('problem' in compiled) throw new Failure(compiled.problem);
  spend(evaluation, compiled.program.length);
  evaluation.patterns.set(source, compiled);
  return compiled;
}

/** Longer ones are not always found in linear time by the language's own search. */
const QUICK_PART_CHARS = 200;
const COMPARISONS_PER_STEP = 512;

/** Pays for looking for `part` everywhere in `text`. */
function spendSearch(evaluation: Evaluation, text: string, part: string): void {
  spendText(evaluation, text.length);
  if (part.length > QUICK_PART_CHARS) spendComparisons(evaluation, text, part);
}

function spendComparisons(evaluation: Evaluation, text: string, part: string): void {
  spend(evaluation, Math.ceil((text.length * part.length) / COMPARISONS_PER_STEP));
}

function pieces(text: string, separator: string, evaluation: Evaluation): string[] {
  if (separator === '') {
    spend(evaluation, text.length);
    return Array.from(text);
  }
  spendSearch(evaluation, text, separator);
  // One more than can be paid for is enough to find that out.
  const found = text.split(separator, evaluation.steps + 1);
  spend(evaluation, found.length);
  return found;
}

/** Splits into at most `limit` pieces; a negative limit is none. */
function split(text: string, separator: string, limit: bigint, evaluation: Evaluation): string[] {
  if (limit === 0n) return [];
  const found = pieces(text, separator, evaluation);
  if (limit < 0n || BigInt(found.length) <= limit) return found;
  const kept = Number(limit) - 1;
  return [...found.slice(0, kept), found.slice(kept).join(separator)];
}

interface Replacement {
  readonly old: string;
  readonly by: string;
  /** How many at most; negative for all. */
  readonly limit: bigint;
}

function replace(text: string, { old, by, limit }: Replacement, evaluation: Evaluation): string {
  const found =
    old === '' ? ['', ...pieces(text, old, evaluation), ''] : pieces(text, old, evaluation);
  const count = limit < 0n || limit > BigInt(found.length) ? found.length - 1 : Number(limit);
  const replaced = Math.min(count, found.length - 1);
  spendText(evaluation, text.length + replaced * by.length);
  const head = found.slice(0, replaced + 1).join(by);
  const tail = found.slice(replaced + 1);
  return tail.length === 0 ? head : `${head}${old}${tail.join(old)}`;
}

function substring(text: string, from: bigint, to: bigint | undefined, evaluation: Evaluation) {
  const size = sizeOfText(text, evaluation);
  const end = to ?? size;
  if (from < 0n || from > end || end > size) {
    throw new Failure('the position lies outside the string');
  }
  const start = unitOffset(text, 0, Number(from));
  return text.slice(start, unitOffset(text, start, Number(end - from)));
}

/** Returns the offset in UTF-16 units that lies `points` code points after another. */
function unitOffset(text: string, from: number, points: number): number {
  let at = from;
  for (let i = 0; i < points; i++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

/** Counts code points. */
export function sizeOfText(text: string, evaluation: Evaluation): bigint {
  spendText(evaluation, text.length);
  let size = 0;
  for (let at = 0; at < text.length; size++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return BigInt(size);
}

/** Turns an offset in UTF-16 units, -1 for none, into one in code points. */
function pointOffset(text: string, units: number, evaluation: Evaluation): bigint {
  return units < 0 ? -1n : sizeOfText(text.slice(0, units), evaluation);
}

type Test = (text: string, part: string, evaluation: Evaluation) => boolean;

function test(holds: Test): Overload {
  return overload(['string', 'string'], 'bool', ([text, part], evaluation) =>
    holds(text, part, evaluation),
  );
}

function position(find: (text: string, part: string, evaluation: Evaluation) => number): Overload {
  return overload(['string', 'string'], 'int', ([text, part], evaluation) =>
    pointOffset(text, find(text, part, evaluation), evaluation),
  );
}

/** Pays for comparing two texts from one end. */
function spendPrefix(evaluation: Evaluation, a: string, b: string): void {
  spend(evaluation, Math.min(a.length, b.length) >>> 6);
}

const contains: Test = (text, part, evaluation) => {
  spendSearch(evaluation, text, part);
  return text.includes(part);
};
const startsWith: Test = (text, part, evaluation) => {
  spendPrefix(evaluation, text, part);
  return text.startsWith(part);
};
const endsWith: Test = (text, part, evaluation) => {
  spendPrefix(evaluation, text, part);
  return text.endsWith(part);
};

function indexOf(text: string, part: string, evaluation: Evaluation): number {
  spendSearch(evaluation, text, part);
  return text.indexOf(part);
}

/** From the end, the language's own search compares at every place. */
function lastIndexOf(text: string, part: string, evaluation: Evaluation): number {
  spendText(evaluation, text.length);
  spendComparisons(evaluation, text, part);
  return text.lastIndexOf(part);
}

type Change = (text: string, evaluation: Evaluation) => string;

function changed(change: Change): Overload {
  return overload(['string'], 'string', ([text], evaluation) => {
    spendText(evaluation, text.length);
    return change(text, evaluation);
  });
}

/** Changes only the letters of ASCII; with others between them that takes longer. */
function inAscii(letters: RegExp, change: (part: string) => string): Change {
  return (text, evaluation) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant.
    if (/^[\x00-\x7f]*$/.test(text)) return change(text);
    spend(evaluation, text.length >>> 2);
    return text.replace(letters, change);
  };
}

/** Methods of strings, by name; the string itself is the first parameter. */
export const STRING_METHODS: readonly (readonly [string, readonly Overload[]])[] = [
  ['contains', [test(contains)]],
  ['startsWith', [test(startsWith)]],
  ['endsWith', [test(endsWith)]],
  ['matches', [test(matches)]],
  ['indexOf', [position(indexOf)]],
  ['lastIndexOf', [position(lastIndexOf)]],
  ['lowerAscii', [changed(inAscii(/[A-Z]+/g, (part) => part.toLowerCase()))]],
  ['upperAscii', [changed(inAscii(/[a-z]+/g, (part) => part.toUpperCase()))]],
  ['trim', [changed((text) => text.trim())]],
  [
    'split',
    [
      overload(['string', 'string'], 'list', ([text, separator], evaluation) =>
        makeList(split(text, separator, -1n, evaluation)),
      ),
      overload(['string', 'string', 'int'], 'list', ([text, separator, limit], evaluation) =>
        makeList(split(text, separator, limit, evaluation)),
      ),
    ],
  ],
  [
    'replace',
    [
      overload(['string', 'string', 'string'], 'string', ([text, old, by], evaluation) =>
        replace(text, { old, by, limit: -1n }, evaluation),
      ),
      overload(
        ['string', 'string', 'string', 'int'],
        'string',
        ([text, old, by, limit], evaluation) => replace(text, { old, by, limit }, evaluation),
      ),
    ],
  ],
  [
    'substring',
    [
      overload(['string', 'int'], 'string', ([text, from], evaluation) =>
        substring(text, from, undefined, evaluation),
      ),
      overload(['string', 'int', 'int'], 'string', ([text, from, to], evaluation) =>
        substring(text, from, to, evaluation),
      ),
    ],
  ],
];
