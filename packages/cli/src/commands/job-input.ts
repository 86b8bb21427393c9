import { readFile } from 'node:fs/promises';
import { type Json, type JsonObject, LIMITS } from '@tenuto/contract';
import type { DocumentFile } from '../document/document-file.ts';
import { readJobFile } from '../document/job-file.ts';
import type { SourceText } from '../document/source-text.ts';
import { UsageError } from '../failure.ts';
import type { Session } from './command.ts';

/**
 * Reads the job in a file, or on standard input for `-`.
 *
 * @throws UsageError when it cannot be read, FileError when it holds no job
 */
export async function loadJob(session: Session, path: string): Promise<DocumentFile> {
  const file = readJobFile(await readSource(session, path));
  session.about(file);
  return file;
}

/**
 * The text of a file, or of standard input for `-`.
 *
 * @throws UsageError when it cannot be read
 */
export async function readSource({ io }: Session, path: string): Promise<SourceText> {
  if (path === '-') return { name: 'stdin', text: await io.readStdin() };
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new UsageError(`Cannot read "${path}": ${reasonOf(error)}.`);
  });
  if (bytes.length > LIMITS.bodyBytes * 2) {
    throw new UsageError(
      `"${path}" is larger than any request may be (${LIMITS.bodyBytes} bytes).`,
    );
  }
  try {
    return { name: path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw new UsageError(`"${path}" is not UTF-8 text.`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read by you',
  EISDIR: 'it is a folder',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return REASONS[code] ?? error.message;
}

/**
 * Reads `key=value` parameters. A value that is exactly JSON as JSON would write it (`3`, `true`,
 * `{"a":1}`) has that type; everything else is text, so `1.10` and `007` stay what they are.
 *
 * @throws UsageError for what has no `=`
 */
export function readParams(given: readonly string[]): JsonObject {
  return Object.fromEntries(
    given.map((one): [string, Json] => {
      const at = one.indexOf('=');
      if (at < 1) throw new UsageError(`A parameter is written key=value; "${one}" is not.`);
      return [one.slice(0, at), readValue(one.slice(at + 1))];
    }),
  );
}

/** The value that a text is when it is exactly JSON as JSON would write it; else the text. */
export function readValue(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    const isExact = typeof value === 'object' || JSON.stringify(value) === text;
    return isExact ? value : text;
  } catch {
    return text;
  }
}

/**
 * As {@link readValue}, where what was meant as JSON and is none would be sent for good.
 *
 * @throws UsageError for what begins as an object or a list and is none
 */
export function readResult(text: string): Json {
  const value = readValue(text);
  if (value === text && /^\s*[{[]/.test(text)) {
    throw new UsageError(`This is no JSON: ${text}\nA text that begins so is written in quotes.`);
  }
  return value;
}

/** The body with the parameters and the name of the command line in place of the file's. */
export function withOverrides(
  body: JsonObject,
  { params, name }: { readonly params: JsonObject; readonly name?: string },
): JsonObject {
  // A template takes what another job has as its context.
  const field = body.template === undefined ? 'execution_context' : 'params';
  const { [field]: context = {}, ...rest } = body;
  const isContext = typeof context === 'object' && context !== null && !Array.isArray(context);
  const named = name === undefined ? rest : { ...without(rest, 'name'), job_name: name };
  if (Object.keys(params).length === 0) return { ...named, ...pick(body, field) };
  return { ...named, [field]: isContext ? { ...context, ...params } : params };
}

function pick(body: JsonObject, field: string): JsonObject {
  const value = body[field];
  return value === undefined ? {} : { [field]: value };
}

function without(body: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));
}
