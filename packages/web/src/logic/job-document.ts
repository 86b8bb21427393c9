/** A job as people write it: a body of the API, or one whose graph stands under `dag` or at the top. */
import type { JsonObject, ValidationError } from '@tenuto/contract';
import { pathOf, readText, type TextProblem } from './document.ts';

export interface JobText {
  readonly body: JsonObject;
  /** What a server says of the body, at its line of the text. */
  placed(errors: readonly ValidationError[]): readonly TextProblem[];
}

export interface JobTextWords {
  readonly noObject: string;
  readonly noNodes: string;
}

type Form = 'dag_definition' | 'dag' | 'nodes';

/** Forms of which a job needs no graph of its own. */
const OTHER_SOURCES = ['template', 'test_suite_id', 'test_case_ids'];

export function readJobText(
  text: string,
  words: JobTextWords,
): JobText | { readonly problems: readonly TextProblem[] } {
  const read = readText(text, words.noObject);
  if ('problems' in read) return read;
  const { value } = read;
  const form = (['dag_definition', 'dag', 'nodes'] as const).find((one) => one in value);
  if (form === undefined && !OTHER_SOURCES.some((one) => one in value)) {
    return { problems: [{ line: 1, message: words.noNodes }] };
  }
  return {
    body: bodyOf(value, form ?? 'dag_definition'),
    placed: (errors) =>
      errors.map(({ path, message }) => ({
        line: read.lineOf(inText(pathOf(path), form ?? 'dag_definition')),
        message: /^(must|is|has) /.test(message) ? `${pathOf(path).at(-1)} ${message}` : message,
      })),
  };
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

/** From a path in the body, or in its graph, to the one in the text. */
function inText(path: readonly string[], form: Form): readonly string[] {
  const isWhole = path[0] === 'dag_definition';
  const inGraph = isWhole ? path.slice(1) : path;
  if (!isWhole && path[0] !== 'nodes' && path[0] !== 'edges') return path;
  return form === 'nodes' ? inGraph : [form, ...inGraph];
}
