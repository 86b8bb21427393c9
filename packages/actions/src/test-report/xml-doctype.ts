import { errorAt } from './junit-error.ts';
import { matchAt, NAME, S } from './xml-scan.ts';

/** No report needs one; what is longer is an attack. */
const DOCTYPE_CHARS = 64 * 1024;

const LITERAL = `(?:"[^"]*"|'[^']*')`;
const EXTERNAL = `(?:SYSTEM${S}+${LITERAL}|PUBLIC${S}+${LITERAL}${S}+${LITERAL})`;

const START = new RegExp(`<!DOCTYPE${S}+${NAME}(?:${S}+${EXTERNAL})?${S}*(\\[)?`, 'y');
const END = new RegExp(`${S}*>`, 'y');
/** One thing of the internal subset; an entity with a plain value is taken apart. */
const DECLARATION = new RegExp(
  [
    `${S}+`,
    '<!--(?:(?!--)[^])*-->',
    '<\\?(?:(?!\\?>)[^])*\\?>',
    `%${NAME};`,
    `<!ENTITY${S}+(?<name>${NAME})${S}+(?<value>${LITERAL})${S}*>`,
    `<!(?:ENTITY(?:${S}+%)?|ELEMENT|ATTLIST|NOTATION)${S}+${NAME}${S}(?:[^"'<>]|${LITERAL})*>`,
  ].join('|'),
  'y',
);

export interface Doctype {
  /** Index after it. */
  readonly end: number;
  /** Replacement texts of the entities that are plain text; no other is ever resolved. */
  readonly entities: ReadonlyMap<string, string>;
}

/**
 * Reads a document type declaration without looking up anything that it refers to.
 *
 * @throws {JUnitError} when it is not well-formed or longer than any report needs
 */
export function readDoctype(xml: string, at: number): Doctype {
  const text = xml.slice(at, at + DOCTYPE_CHARS);
  const entities = new Map<string, string>();
  const start = matchAt(START, text, 0);
  if (start === null) throw errorAt(xml, at, 'This document type declaration is not well-formed.');
  let index = start[0].length;
  if (start[1] !== undefined) {
    while (text[index] !== ']') {
      const found = matchAt(DECLARATION, text, index);
      if (found === null) throw errorAt(xml, at + index, notDeclared(text));
      const { name, value } = found.groups ?? {};
      // The first declaration of a name is the one that counts.
      if (name !== undefined && value !== undefined && !/[<&%]/.test(value) && !entities.has(name))
        entities.set(name, value.slice(1, -1));
      index += found[0].length;
    }
    index += 1;
  }
  const end = matchAt(END, text, index);
  if (end === null) throw errorAt(xml, at + index, notDeclared(text));
  return { end: at + index + end[0].length, entities };
}

function notDeclared(text: string): string {
  return text.length === DOCTYPE_CHARS
    ? `This document type declaration is longer than ${DOCTYPE_CHARS} characters.`
    : 'This document type declaration is not well-formed.';
}
