import { basename, extname } from 'node:path';
import { type DocumentFile, isObject } from './document-file.ts';
import { findingAt } from './finding-at.ts';
import { parseText } from './parse-text.ts';
import { readPointer } from './pointer.ts';
import { FileError, type SourceText } from './source-text.ts';

/**
 * Reads a task from YAML or JSON: the body of the API. Without a title, it is called as its file.
 *
 * @throws FileError with the place of what is wrong
 */
export function readTaskFile(source: SourceText): DocumentFile {
  const parsed = parseText(source);
  const { value } = parsed;
  if (!isObject(value)) {
    const message = 'A task is an object with "schedule_kind", "schedule_expr" and "payload".';
    throw new FileError(source, [{ message, offset: 0 }]);
  }
  const title = basename(source.name, extname(source.name)) || 'task';
  return {
    source,
    body: { title, ...value },
    findingOf: ({ path, message }) =>
      findingAt(parsed, { pointer: path, path: readPointer(path), message }),
  };
}
