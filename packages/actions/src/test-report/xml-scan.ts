import { errorAt } from './junit-error.ts';

export const XML_LIMITS = {
  /** Suites nest a handful deep; more would only exhaust the stack of whoever walks the tree. */
  depth: 200,
  /** A tree of more does not fit into the memory of whoever builds it. */
  elements: 3_000_000,
  attributes: 1_000,
  /** Characters of a text or a value that are passed on; far more than anybody keeps of them. */
  textChars: 128 * 1024,
  /** Characters that the entities of a document type may expand to, altogether. */
  expandedChars: 1024 * 1024,
} as const;

/** Surrogates stand for the planes beyond the first, nearly all of which names may have. */
const NAME_START =
  ':A-Z_a-z\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uDFFF\\uF900-\\uFDCF\\uFDF0-\\uFFFD';
export const NAME = `[${NAME_START}][-.0-9\\xB7\\u0300-\\u036F\\u203F\\u2040${NAME_START}]*`;
export const S = '[ \\t\\r\\n]';

const REFERENCE = new RegExp(`&(?:#(\\d+)|#x([\\dA-Fa-f]+)|(${NAME}));`, 'y');
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|\p{Surrogate}/u;
const PREDEFINED = new Set(['lt', 'gt', 'amp', 'quot', 'apos']);

export interface OpenElement {
  readonly name: string;
  readonly at: number;
  /** Namespace prefixes that it declares. */
  readonly prefixes: readonly string[];
}

/** How far the check of a document has come, and what it has found. */
export interface Scan {
  readonly xml: string;
  at: number;
  readonly open: OpenElement[];
  /** How many open elements declare each namespace prefix. */
  readonly prefixes: Map<string, number>;
  entities: ReadonlyMap<string, string>;
  expandedChars: number;
  elements: number;
  rootAt: number | undefined;
  doctypeSeen: boolean;
  /** Where the text began that is being read. */
  textAt: number;
  /** Beginnings and ends of what is not passed on. */
  readonly cuts: (readonly [number, number])[];
}

/** Looks for an expression with the flag `y` or `g` from an index on. */
export function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

/** @throws {JUnitError} at the first character that XML does not allow in any form */
export function checkCharacters(xml: string): void {
  const found = FORBIDDEN.exec(xml);
  if (found === null) return;
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw errorAt(xml, found.index, `The character U+${code} must not be in XML.`);
}

/** Notes that most of a long text is not passed on. */
export function cutText(scan: Scan, start: number, end: number): void {
  if (end - start > XML_LIMITS.textChars) scan.cuts.push([start + XML_LIMITS.textChars, end]);
}

/** The text from an index on, without what was cut. */
export function withoutCuts({ xml, cuts }: Scan, from: number): string {
  const parts: string[] = [];
  let at = from;
  for (const [start, end] of cuts) {
    parts.push(xml.slice(at, start));
    at = end;
  }
  return [...parts, xml.slice(at)].join('');
}

/**
 * Checks the reference at an index and returns the index after it.
 *
 * @throws {JUnitError} when it is to nothing, or entities expand to too much
 */
export function reference(scan: Scan, at: number): number {
  const { xml } = scan;
  const found = matchAt(REFERENCE, xml, at);
  if (found === null)
    throw errorAt(xml, at, 'This "&" begins no reference; it is written "&amp;".');
  const [all, decimal, hex, name] = found;
  if (name === undefined) {
    const code = Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10);
    if (code <= 0x10ffff && !FORBIDDEN.test(String.fromCodePoint(code))) return at + all.length;
    throw errorAt(xml, at, `The reference ${all.slice(0, 20)} is to no XML character.`);
  }
  if (PREDEFINED.has(name)) return at + all.length;
  const text = scan.entities.get(name);
  if (text === undefined) {
    throw errorAt(
      xml,
      at,
      `The entity &${name}; is external, nested or unknown: it is not resolved.`,
    );
  }
  scan.expandedChars += text.length;
  if (scan.expandedChars > XML_LIMITS.expandedChars) {
    const limit = `Entities expand to more than ${XML_LIMITS.expandedChars} characters.`;
    throw errorAt(xml, at, limit, 'too_large');
  }
  return at + all.length;
}
