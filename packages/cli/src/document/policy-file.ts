import { basename, extname } from 'node:path';
import { type DocumentFile, isObject } from './document-file.ts';
import { findingAt } from './finding-at.ts';
import { parseText } from './parse-text.ts';
import { readPointer } from './pointer.ts';
import { FileError, type SourceText } from './source-text.ts';

/**
 * Reads a stored retry policy from YAML or JSON: the body of the API. Without a name, it is named
 * for its file.
 *
 * @throws FileError with the place of what is wrong
 */
export function readPolicyFile(source: SourceText): DocumentFile {
  const parsed = parseText(source);
  const { value } = parsed;
  if (!isObject(value)) {
    const message = 'A retry policy is an object with "name" and "policy".';
    throw new FileError(source, [{ message, offset: 0 }]);
  }
  const name = basename(source.name, extname(source.name)) || 'policy';
  return {
    source,
    body: { name, ...value },
    findingOf: ({ path, message }) =>
      findingAt(parsed, { pointer: path, path: readPointer(path), message }),
  };
}
