import { errorAt } from './junit-error.ts';
import { readDoctype } from './xml-doctype.ts';
import {
  checkCharacters,
  cutText,
  matchAt,
  NAME,
  reference,
  S,
  type Scan,
  withoutCuts,
} from './xml-scan.ts';
import { endTag, startTag } from './xml-tag.ts';

const NEXT = /[<&]|]]>/g;
const pseudoAttribute = (name: string, value: string) =>
  `${S}+${name}${S}*=${S}*(?:"${value}"|'${value}')`;
const DECLARATION = new RegExp(
  `<\\?xml${pseudoAttribute('version', '[\\w.:-]+')}(?:${pseudoAttribute('encoding', '[A-Za-z][\\w.-]*')})?(?:${pseudoAttribute('standalone', '(?:yes|no)')})?${S}*\\?>`,
  'y',
);
const INSTRUCTION = new RegExp(`<\\?(${NAME})(?=${S}|\\?>)`, 'y');

export interface CheckedXml {
  /** The root element and what follows it, with the ends of very long texts cut away. */
  readonly root: string;
  /** Replacement texts of the entities besides the five of XML itself. */
  readonly entities: ReadonlyMap<string, string>;
}

/**
 * Makes sure that a text is one well-formed XML document with namespaces, in one pass over it. The
 * parser behind it builds a tree from nearly anything, and does not say where it failed.
 *
 * @throws {JUnitError} naming the first place that is not well-formed, is beyond a limit, or refers
 *   to an entity that is external, nested or unknown: those are never resolved
 */
export function checkXml(xml: string): CheckedXml {
  checkCharacters(xml);
  const scan: Scan = {
    xml,
    at: matchAt(DECLARATION, xml, 0)?.[0].length ?? 0,
    open: [],
    prefixes: new Map(),
    entities: new Map(),
    expandedChars: 0,
    elements: 0,
    rootAt: undefined,
    doctypeSeen: false,
    textAt: 0,
    cuts: [],
  };
  while (scan.at < xml.length) step(scan);
  const unclosed = scan.open.at(-1);
  if (unclosed !== undefined) {
    throw errorAt(xml, unclosed.at, `The element <${unclosed.name}> is not closed.`);
  }
  if (scan.rootAt === undefined) throw errorAt(xml, xml.length, 'There is no element.');
  return { root: withoutCuts(scan, scan.rootAt), entities: scan.entities };
}

function step(scan: Scan): void {
  const { xml, at } = scan;
  const found = matchAt(NEXT, xml, at);
  const next = found?.index ?? xml.length;
  if (scan.open.length === 0) {
    const stray = xml.slice(at, found?.[0] === '<' ? next : next + 1).search(/[^ \t\r\n]/);
    if (stray !== -1) throw strayText(xml, at + stray);
  }
  scan.at = next;
  if (found?.[0] === ']]>') throw errorAt(xml, next, 'There is "]]>" in text.');
  if (found?.[0] === '&') {
    scan.at = reference(scan, next);
    return;
  }
  if (scan.open.length > 0) cutText(scan, scan.textAt, next);
  if (found !== null) markup(scan);
  scan.textAt = scan.at;
}

const strayText = (xml: string, at: number) =>
  errorAt(xml, at, 'There is text outside of the root element.');

function markup(scan: Scan): void {
  const { xml, at } = scan;
  if (xml.startsWith('</', at)) endTag(scan);
  else if (xml.startsWith('<!--', at)) comment(scan);
  else if (xml.startsWith('<![CDATA[', at)) {
    if (scan.open.length === 0) throw strayText(xml, at);
    scan.at = after(scan, ']]>', at + 9, 'This CDATA section is not closed.');
  } else if (xml.startsWith('<?', at)) instruction(scan);
  else if (xml.startsWith('<!', at)) doctype(scan);
  else startTag(scan);
}

function comment(scan: Scan): void {
  scan.at = after(scan, '--', scan.at + 4, 'This comment is not closed.');
  if (scan.xml[scan.at] !== '>') {
    throw errorAt(scan.xml, scan.at - 2, 'There is "--" inside of a comment.');
  }
  scan.at += 1;
}

function instruction(scan: Scan): void {
  const target = matchAt(INSTRUCTION, scan.xml, scan.at)?.[1];
  if (target === undefined || target.toLowerCase() === 'xml') {
    const message = 'This XML declaration is not well-formed, or not the very first thing.';
    throw errorAt(scan.xml, scan.at, message);
  }
  scan.at = after(scan, '?>', scan.at, 'This processing instruction is not closed.');
}

function doctype(scan: Scan): void {
  if (scan.doctypeSeen || scan.rootAt !== undefined) {
    throw errorAt(scan.xml, scan.at, 'A declaration is not allowed here.');
  }
  const { end, entities } = readDoctype(scan.xml, scan.at);
  scan.doctypeSeen = true;
  scan.entities = entities;
  scan.at = end;
}

function after({ xml, at }: Scan, end: string, from: number, unclosed: string): number {
  const index = xml.indexOf(end, from);
  if (index === -1) throw errorAt(xml, at, unclosed);
  return index + end.length;
}
