import { type Json, LIMITS } from '@tenuto/contract';
import { jsonPlaces } from './json-places.ts';
import type { ParsedText } from './parsed-text.ts';
import { FileError, type SourceText } from './source-text.ts';

/**
 * Reads a text as JSON.
 *
 * @returns undefined when it is no JSON
 * @throws FileError when it is, and repeats a key or nests too deeply
 */
export function parseJsonText(source: SourceText): ParsedText | undefined {
  const { text } = source;
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const { path, offset, isRepeated } of jsonPlaces(text)) {
    if (isRepeated) {
      const message = `The key "${path.at(-1)}" stands here a second time.`;
      throw new FileError(source, [{ message, offset }]);
    }
    if (path.length > LIMITS.jsonDepth) {
      const message = `This is nested more than ${LIMITS.jsonDepth} levels deep.`;
      throw new FileError(source, [{ message, offset }]);
    }
  }
  return { value, offsetOf: (path) => offsetIn(text, path) };
}

function offsetIn(text: string, wanted: readonly string[]): number | undefined {
  for (const { path, offset } of jsonPlaces(text)) {
    if (path.length === wanted.length && path.every((part, i) => part === wanted[i])) return offset;
  }
  return undefined;
}
