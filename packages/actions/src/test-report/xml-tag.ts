import { errorAt } from './junit-error.ts';
import {
  cutText,
  matchAt,
  NAME,
  type OpenElement,
  reference,
  S,
  type Scan,
  XML_LIMITS,
} from './xml-scan.ts';

const START_TAG = new RegExp(`<(${NAME})`, 'y');
const ATTRIBUTE = new RegExp(`${S}+(${NAME})${S}*=${S}*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
const TAG_END = new RegExp(`${S}*(/?)>`, 'y');
const END_TAG = new RegExp(`</(${NAME})${S}*>`, 'y');

/** @throws {JUnitError} when there is no well-formed tag, or it must not stand here */
export function startTag(scan: Scan): void {
  const { xml, at, open } = scan;
  const name = matchAt(START_TAG, xml, at)?.[1];
  if (name === undefined) throw errorAt(xml, at, 'This is no tag; "<" is written "&lt;" in text.');
  if (open.length === 0 && scan.rootAt !== undefined) {
    throw errorAt(xml, at, 'There is a second root element.');
  }
  scan.rootAt ??= at;
  scan.elements += 1;
  limit(scan, 'depth', open.length + 1);
  limit(scan, 'elements', scan.elements);
  const attributes = new Set<string>();
  const end = readAttributes(scan, START_TAG.lastIndex, attributes);
  const closing = matchAt(TAG_END, xml, end);
  if (closing === null) throw errorAt(xml, end, `The tag <${name}> is not well-formed here.`);
  scan.at = end + closing[0].length;
  enter(scan, { name, at, prefixes: declared(attributes) }, attributes);
  if (closing[1] === '/') leave(scan);
}

function limit(scan: Scan, what: 'depth' | 'elements' | 'attributes', count: number): void {
  if (count <= XML_LIMITS[what]) return;
  const message = `The limit for ${what} is exceeded: ${XML_LIMITS[what]}.`;
  throw errorAt(scan.xml, scan.at, message, 'too_large');
}

/** Collects the names of a tag's attributes and returns the index after the last. */
function readAttributes(scan: Scan, from: number, names: Set<string>): number {
  let end = from;
  for (;;) {
    const found = matchAt(ATTRIBUTE, scan.xml, end);
    if (found === null) return end;
    const [all, name = '', double, single] = found;
    if (names.has(name)) throw errorAt(scan.xml, end, `The attribute ${name} is repeated.`);
    limit(scan, 'attributes', names.add(name).size);
    const value = double ?? single ?? '';
    end += all.length;
    const start = end - 1 - value.length;
    for (let i = value.indexOf('&'); i !== -1; i = value.indexOf('&', i + 1)) {
      reference(scan, start + i);
    }
    cutText(scan, start, end - 1);
  }
}

/** @throws {JUnitError} when it does not close the innermost open element */
export function endTag(scan: Scan): void {
  const { xml, at, open } = scan;
  const found = matchAt(END_TAG, xml, at);
  if (found === null) throw errorAt(xml, at, 'This closing tag is not well-formed.');
  const expected = open.at(-1)?.name;
  if (found[1] !== expected) {
    const instead = expected === undefined ? 'closes nothing' : `should be </${expected}>`;
    throw errorAt(xml, at, `The tag </${found[1]}> ${instead}.`);
  }
  scan.at = at + found[0].length;
  leave(scan);
}

function declared(attributes: ReadonlySet<string>): readonly string[] {
  return [...attributes].flatMap((name) => (name.startsWith('xmlns:') ? [name.slice(6)] : []));
}

function enter(scan: Scan, element: OpenElement, attributes: ReadonlySet<string>): void {
  scan.open.push(element);
  for (const prefix of element.prefixes) {
    scan.prefixes.set(prefix, (scan.prefixes.get(prefix) ?? 0) + 1);
  }
  for (const name of [element.name, ...attributes]) {
    const prefix = name.slice(0, Math.max(0, name.indexOf(':')));
    if (prefix === '' || prefix === 'xml' || prefix === 'xmlns') continue;
    if ((scan.prefixes.get(prefix) ?? 0) === 0) {
      throw errorAt(scan.xml, element.at, `The namespace prefix of ${name} is not declared.`);
    }
  }
}

function leave(scan: Scan): void {
  for (const prefix of scan.open.pop()?.prefixes ?? []) {
    scan.prefixes.set(prefix, (scan.prefixes.get(prefix) ?? 0) - 1);
  }
}
