import { type DocumentFile, isObject } from './document-file.ts';
import { findingAt } from './finding-at.ts';
import { parseText } from './parse-text.ts';
import { readPointer } from './pointer.ts';
import { FileError, type SourceText } from './source-text.ts';

/**
 * Reads an object from YAML or JSON: the body of the API as it stands.
 *
 * @param wanted what is said of a file that holds something else
 * @throws FileError with the place of what is wrong
 */
export function readObjectFile(source: SourceText, wanted: string): DocumentFile {
  const parsed = parseText(source);
  const { value } = parsed;
  if (!isObject(value)) throw new FileError(source, [{ message: wanted, offset: 0 }]);
  return {
    source,
    body: value,
    findingOf: ({ path, message }) =>
      findingAt(parsed, { pointer: path, path: readPointer(path), message }),
  };
}
