import { basename, extname } from 'node:path';
import type { Json, JsonObject, ValidationError } from '@tenuto/contract';
import { parseText } from './parse-text.ts';
import type { ParsedText } from './parsed-text.ts';
import { readPointer } from './pointer.ts';
import { FileError, type Finding, type SourceText } from './source-text.ts';

/** A job as a file holds it. */
export interface JobFile {
  readonly source: SourceText;
  /** The body to submit; nothing but its outer form has been checked. */
  readonly body: JsonObject;
  /** Maps what the server says of the body back to places in the file. */
  findingOf(error: ValidationError): Finding;
}

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
export function readJobFile(source: SourceText): JobFile {
  const parsed = parseText(source);
  const { value } = parsed;
  if (!isObject(value)) {
    throw new FileError(source, [{ message: 'A job is an object with "nodes".', offset: 0 }]);
  }
  const form = formOf(source, value);
  return {
    source,
    body: withName(bodyOf(value, form), source.name),
    findingOf: ({ path, message }) => {
      const parts = readPointer(path);
      const { at, isExact } = offsetOf(parsed, filePath(parts, form));
      const subject = isExact ? (parts.at(-1) ?? '') : path;
      // "must be <= 10" says nothing without its field; other messages are sentences.
      const needsSubject = !isExact || /^(must|is|has) /.test(message);
      return { message: needsSubject ? `${subject} ${message}` : message, offset: at };
    },
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

/** The place of a value, or of the nearest one around it that the file has. */
function offsetOf(parsed: ParsedText, path: readonly string[]) {
  for (let length = path.length; length > 0; length -= 1) {
    const at = parsed.offsetOf(path.slice(0, length));
    if (at !== undefined) return { at, isExact: length === path.length };
  }
  return { at: parsed.offsetOf([]) ?? 0, isExact: path.length === 0 };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
