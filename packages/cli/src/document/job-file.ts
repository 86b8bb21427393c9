import { basename, extname } from 'node:path';
import type { JsonObject } from '@tenuto/contract';
import { type DocumentFile, isObject } from './document-file.ts';
import { findingAt } from './finding-at.ts';
import { parseText } from './parse-text.ts';
import { readPointer } from './pointer.ts';
import { FileError, type SourceText } from './source-text.ts';

/** Where the graph stands in a file: as in the API, under `dag`, or as bare `nodes`. */
type Form = 'dag_definition' | 'dag' | 'nodes';

/** Forms of which a job needs no graph of its own. */
const OTHER_SOURCES = ['template', 'test_suite_id', 'test_case_ids'];

/**
 * Reads a job from YAML or JSON. A file is a job body, or a body with its graph under `dag`, or
 * one whose `nodes` (and `edges`) stand at the top. Without a name, the job is named for its file.
 *
 * @throws FileError with the place of what is wrong
 */
export function readJobFile(source: SourceText): DocumentFile {
  const parsed = parseText(source);
  const { value } = parsed;
  if (!isObject(value)) {
    throw new FileError(source, [{ message: 'A job is an object with "nodes".', offset: 0 }]);
  }
  const form = formOf(source, value);
  return {
    source,
    body: withName(bodyOf(value, form), source.name),
    findingOf: ({ path, message }) =>
      findingAt(parsed, { pointer: path, path: filePath(readPointer(path), form), message }),
  };
}

function formOf(source: SourceText, file: JsonObject): Form {
  const form = (['dag_definition', 'dag', 'nodes'] as const).find((name) =>
    Object.hasOwn(file, name),
  );
  if (form !== undefined) return form;
  if (OTHER_SOURCES.some((name) => Object.hasOwn(file, name))) return 'dag_definition';
  const message = 'There are no "nodes" in it; a job is a list of them.';
  throw new FileError(source, [{ message, offset: 0 }]);
}

function bodyOf(file: JsonObject, form: Form): JsonObject {
  if (form === 'dag_definition') return file;
  if (form === 'dag') {
    const { dag = null, ...rest } = file;
    return { ...rest, dag_definition: dag };
  }
  const { nodes = null, edges, ...rest } = file;
  return { ...rest, dag_definition: { nodes, ...(edges !== undefined && { edges }) } };
}

function withName(body: JsonObject, fileName: string): JsonObject {
  if (Object.hasOwn(body, 'job_name') || Object.hasOwn(body, 'name')) return body;
  return { job_name: basename(fileName, extname(fileName)) || 'job', ...body };
}

/** From a path in the body, or in its graph, to the one in the file. */
function filePath(path: readonly string[], form: Form): readonly string[] {
  const inGraph = path[0] === 'dag_definition' ? path.slice(1) : path;
  if (inGraph === path && path[0] !== 'nodes' && path[0] !== 'edges') return path;
  return form === 'nodes' ? inGraph : [form, ...inGraph];
}
