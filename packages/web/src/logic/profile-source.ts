/** A profile as text, YAML or JSON, and back. */
import type { Json, JsonObject } from '@tenuto/contract';
import { type Document, isNode, LineCounter, parseDocument, stringify } from 'yaml';
import { isObject, stepsOf } from './json-place.ts';

export const FORMS = ['yaml', 'json'] as const;
export type SourceForm = (typeof FORMS)[number];

const WIDTH = 100;

export function printSource(doc: Json, form: SourceForm): string {
  if (form === 'json') return `${JSON.stringify(doc, null, 2)}\n`;
  return stringify(doc, {
    ...{ lineWidth: WIDTH, blockQuote: 'literal', aliasDuplicateObjects: false },
  });
}

export interface SourceFault {
  readonly message: string;
  /** From 1 on. */
  readonly line: number;
}

export type ReadValue = { readonly value: Json } | { readonly fault: SourceFault };
export type ReadSource = { readonly doc: JsonObject } | { readonly fault: SourceFault };

export function readSource(text: string): ReadSource {
  const read = readValue(text);
  if ('fault' in read) return read;
  if (!isObject(read.value)) return { fault: { message: 'It is no object.', line: 1 } };
  return { doc: read.value };
}

/** JSON is YAML, too, so that either may stand there whatever was printed. */
export function readValue(text: string): ReadValue {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    return { fault: { message: error.message, line } };
  }
  return plainOf(document);
}

function plainOf(document: Document): ReadValue {
  try {
    const value: unknown = document.toJS();
    // What JSON cannot say, as `.nan`, would be another thing once it is sent.
    const plain: Json = JSON.parse(JSON.stringify(value ?? null, refuseOdd));
    return { value: plain };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { fault: { message, line: 1 } };
  }
}

function refuseOdd(_name: string, value: unknown): unknown {
  if (typeof value !== 'bigint' && !(typeof value === 'number' && !Number.isFinite(value))) {
    return value;
  }
  throw new Error(`${String(value)} cannot be said in JSON; put it in quotes.`);
}

/** The line, from 1 on, at which a place stands, or the nearest that is there. */
export function lineOf(text: string, place: string): number {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const steps = stepsOf(place);
  for (let length = steps.length; length > 0; length -= 1) {
    const path = steps.slice(0, length).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const found = document.getIn(path, true);
    if (isNode(found) && found.range) return lines.linePos(found.range[0]).line;
  }
  return 1;
}
