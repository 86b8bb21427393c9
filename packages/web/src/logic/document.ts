/** Text that people write, JSON or YAML, with the places of its parts. */
import type { JsonObject } from '@tenuto/contract';
import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
  type Document as Yaml,
} from 'yaml';
import { isObject } from './json-place.ts';

/** Something that is wrong at a line, counted from 1. */
export interface TextProblem {
  readonly line: number;
  readonly message: string;
}

export interface ReadText {
  readonly value: JsonObject;
  /** The line of the value that keys and indexes lead to, or of the nearest one around it. */
  lineOf(path: readonly string[]): number;
}

export type TextOrProblems = ReadText | { readonly problems: readonly TextProblem[] };

const MOST_ALIASES = 100;
const MOST_PROBLEMS = 5;

/** @param wanted what is said of a text that is no object */
export function readText(text: string, wanted: string): TextOrProblems {
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  // Of JSON, too: it is YAML, and places are then known.
  const document = parseDocument(text, { version: '1.2', schema: 'core', prettyErrors: false });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return {
      problems: faults
        .slice(0, MOST_PROBLEMS)
        .map(({ message, pos: [at] }) => ({ line: lineAt(at), message })),
    };
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    if (!isObject(value)) return { problems: [{ line: 1, message: wanted }] };
    return { value, lineOf: (path) => lineAt(offsetIn(document, path)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { problems: [{ line: 1, message }] };
  }
}

/** The line of a part of a text, or of what keeps the text from being read. */
export function lineIn(text: string, path: readonly string[]): number {
  const document = parseDocument(text, { version: '1.2', schema: 'core', prettyErrors: false });
  const [at = offsetIn(document, path)] = document.errors[0]?.pos ?? [];
  return text.slice(0, at).split('\n').length;
}

function offsetIn(document: Yaml.Parsed, path: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of path) {
    if (isSeq(node)) node = node.items[Number(part)];
    else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
      offset = startOf(pair?.key) ?? offset;
      node = pair?.value;
      // The line of a key says more than that of a block that begins below it.
      continue;
    } else return offset;
    offset = startOf(node) ?? offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** A value as people write it by hand. */
export function writeText(value: unknown): string {
  return stringify(value, { lineWidth: 96 });
}

/** Keys and indexes of a path as servers name it: a JSON pointer, or `a.b[3]`. */
export function pathOf(pointer: string): readonly string[] {
  if (pointer.startsWith('/')) {
    return pointer
      .slice(1)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return pointer.split(/[.[\]]+/).filter((part) => part !== '');
}
