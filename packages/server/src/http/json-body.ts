import { type Json, LIMITS, OrchestrationError } from '@tenuto/contract';
import { isPlainText } from './text.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a request body. What it returns is plain data: at most 64 levels deep, of texts that can be
 * stored, of finite numbers, and without keys named `__proto__`.
 * @throws OrchestrationError `malformed_request` that says what is wrong and where
 */
export function readJsonBody(bytes: Buffer): Json {
  const value = parse(bytes);
  const fault = faultIn(value, 0);
  if (fault !== undefined) {
    const path = fault.path.reverse().map(escapePointer).join('');
    const validationErrors = [{ path, message: fault.message }];
    throw malformed(`${path === '' ? 'The body' : path} ${fault.message}.`, validationErrors);
  }
  return value;
}

function parse(bytes: Buffer): Json {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw malformed('The body is not valid UTF-8.');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(`The body is not valid JSON: ${isolated(String(error))}.`);
  }
}

function malformed(
  detail: string,
  validationErrors: readonly { readonly path: string; readonly message: string }[] = [],
): OrchestrationError {
  return new OrchestrationError('malformed_request', detail, { validationErrors });
}

interface Fault {
  readonly message: string;
  /** From the inside out. */
  readonly path: (string | number)[];
}

/** Walks a value, no deeper than is allowed, and stops at the first thing that is not. */
function faultIn(value: Json, depth: number): Fault | undefined {
  if (typeof value === 'string') return faultInText(value);
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : { message: 'is too large a number', path: [] };
  }
  if (value === null || typeof value !== 'object') return undefined;
  if (depth === LIMITS.jsonDepth) {
    return { message: `is nested deeper than ${LIMITS.jsonDepth} levels`, path: [] };
  }
  return Array.isArray(value) ? faultInItems(value, depth) : faultInFields(value, depth);
}

function faultInItems(items: readonly Json[], depth: number): Fault | undefined {
  for (let i = 0; i < items.length; i += 1) {
    const fault = faultIn(items[i] ?? null, depth + 1);
    if (fault !== undefined) return within(fault, i);
  }
  return undefined;
}

function faultInFields(fields: object, depth: number): Fault | undefined {
  for (const [key, value] of Object.entries(fields)) {
    const fault = faultInKey(key) ?? faultIn(value, depth + 1);
    if (fault !== undefined) return within(fault, key);
  }
  return undefined;
}

function within(fault: Fault, part: string | number): Fault {
  fault.path.push(part);
  return fault;
}

function faultInKey(key: string): Fault | undefined {
  if (key === '__proto__') return { message: 'is a name that no field may have', path: [] };
  return faultInText(key);
}

function faultInText(text: string): Fault | undefined {
  if (isPlainText(text)) return undefined;
  return { message: 'holds a NUL or half of a surrogate pair, which cannot be stored', path: [] };
}

function escapePointer(part: string | number): string {
  return `/${isolated(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))}`;
}

/** A text that may hold anything, made fit to be shown. */
function isolated(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd').slice(0, 200);
}
