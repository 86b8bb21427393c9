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

function pieces(text: string, separator: string, evaluation: Evaluation): string[] {
  spendText(evaluation, text.length);
  const found = separator === '' ? Array.from(text) : text.split(separator);
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
  spendText(evaluation, text.length);
  const points = Array.from(text);
  const end = to ?? BigInt(points.length);
  if (from < 0n || from > end || end > BigInt(points.length)) {
    throw new Failure('the position lies outside the string');
  }
  return points.slice(Number(from), Number(end)).join('');
}

/** Turns an offset in UTF-16 units, -1 for none, into one in code points. */
function pointOffset(text: string, units: number, evaluation: Evaluation): bigint {
  spendText(evaluation, text.length);
  return BigInt(units < 0 ? -1 : Array.from(text.slice(0, units)).length);
}

const SEARCHES: readonly [string, readonly Overload[]][] = [
  [
    'contains',
    [
      overload(['string', 'string'], 'bool', ([text, part], evaluation) => {
        spendText(evaluation, text.length);
        return text.includes(part);
      }),
    ],
  ],
  ['startsWith', [overload(['string', 'string'], 'bool', ([text, part]) => text.startsWith(part))]],
  ['endsWith', [overload(['string', 'string'], 'bool', ([text, part]) => text.endsWith(part))]],
  [
    'matches',
    [
      overload(['string', 'string'], 'bool', ([text, source], evaluation) =>
        matches(text, source, evaluation),
      ),
    ],
  ],
  [
    'indexOf',
    [
      overload(['string', 'string'], 'int', ([text, part], evaluation) =>
        pointOffset(text, text.indexOf(part), evaluation),
      ),
    ],
  ],
  [
    'lastIndexOf',
    [
      overload(['string', 'string'], 'int', ([text, part], evaluation) =>
        pointOffset(text, text.lastIndexOf(part), evaluation),
      ),
    ],
  ],
];

function changed(change: (text: string) => string): Overload {
  return overload(['string'], 'string', ([text], evaluation) => {
    spendText(evaluation, text.length);
    return change(text);
  });
}

/** Methods of strings, by name; the string itself is the first parameter. */
export const STRING_METHODS: readonly (readonly [string, readonly Overload[]])[] = [
  ...SEARCHES,
  ['lowerAscii', [changed((text) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase()))]],
  ['upperAscii', [changed((text) => text.replace(/[a-z]+/g, (part) => part.toUpperCase()))]],
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
