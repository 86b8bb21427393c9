import { XMLParser } from 'fast-xml-parser';
import { JUnitError } from './junit-error.ts';
import { checkXml } from './xml-check.ts';

/** An element of the parsed tree. Names are without their namespace prefix. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What is in it, as the parser left it. */
  readonly content: readonly unknown[];
}

const ATTRIBUTE_PREFIX = '@_';

/** What tests print can be most of a report; it is not needed, so it is not parsed. */
const UNREAD = ['system-out', 'system-err', 'properties'];

/**
 * The root element of an XML document.
 *
 * @throws {JUnitError} when it is not well-formed
 */
export function parseTree(xml: string): XmlElement {
  const { root, entities } = checkXml(xml);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: ATTRIBUTE_PREFIX,
    parseTagValue: false,
    ignorePiTags: true,
    stopNodes: UNREAD.map((name) => `..${name}`),
    maxNestedTags: Number.POSITIVE_INFINITY,
    jPath: false,
    entityDecoder: decoderFor(entities),
  });
  let reason = 'There is no element.';
  try {
    const nodes: unknown = parser.parse(root);
    const [element] = Array.isArray(nodes) ? nodes.flatMap((node) => elementOf(node) ?? []) : [];
    if (element !== undefined) return element;
  } catch (error) {
    if (error instanceof Error) reason = error.message;
  }
  throw new JUnitError('malformed', `The XML cannot be read: ${reason}`, 1, 1);
}

/** An attribute's value, its references resolved. */
export function attribute(element: XmlElement, name: string): string | undefined {
  const value = element.attributes[ATTRIBUTE_PREFIX + name];
  return typeof value === 'string' ? value : undefined;
}

/** The elements directly in an element. */
export function children(element: XmlElement): readonly XmlElement[] {
  return element.content.flatMap((node) => elementOf(node) ?? []);
}

/** The text in an element and in all that is in it; what tests printed is left out. */
export function textOf(element: XmlElement): string {
  const texts = element.content.map((node) => {
    if (isRecord(node) && '#text' in node) return String(node['#text']);
    const inner = elementOf(node);
    return inner === undefined || UNREAD.includes(inner.name) ? '' : `\n${textOf(inner)}\n`;
  });
  return texts.join('');
}

const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Decodes references that have been checked before, none of them external. */
function decoderFor(entities: ReadonlyMap<string, string>) {
  const value = (name: string) => {
    if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)));
    return PREDEFINED.get(name) ?? entities.get(name) ?? '';
  };
  return {
    setExternalEntities: () => {},
    addInputEntities: () => {},
    setXmlVersion: () => {},
    reset: () => {},
    decode: (text: string) =>
      text.includes('&') ? text.replace(/&([^;&]+);/g, (_, name: string) => value(name)) : text,
  };
}

function elementOf(node: unknown): XmlElement | undefined {
  if (!isRecord(node)) return undefined;
  const tag = Object.keys(node).find((key) => key !== ':@');
  if (tag === undefined || tag === '#text') return undefined;
  const attributes = node[':@'];
  const content: unknown = node[tag];
  return {
    name: tag.slice(tag.indexOf(':') + 1),
    attributes: isRecord(attributes) ? attributes : {},
    content: Array.isArray(content) ? content : [],
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
