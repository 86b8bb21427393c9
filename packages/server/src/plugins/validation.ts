import { ID_PATTERN, OrchestrationError, type ValidationError } from '@tenuto/contract';
import type { FastifySchemaCompiler } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { convertQuery } from '../http/query.ts';
import { isPlainText } from '../http/text.ts';

/** What a request's value may show of itself in an error. */
const VALUE_CHARS = 200;

/** Checks bodies as they are, and queries and paths once their texts have become values. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  return (given: unknown) => {
    const value = httpPart === 'body' ? given : convertQuery(schema, given);
    if (httpPart !== 'body') {
      const unfit = unfitText(value);
      if (unfit !== undefined) return { error: refusal([unfit]) };
    }
    if (check.Check(value)) return { value };
    return { error: refusal(schemaProblems(check.Errors(value), value)) };
  };
};

/**
 * Makes the check of a body that is read by the handler itself.
 * @returns what gives the body as what the schema says; throws OrchestrationError 400
 */
export function bodyCheck<Schema extends TSchema>(schema: Schema) {
  const check = Compile(schema);
  return (value: unknown): Static<Schema> => {
    if (check.Check(value)) return value;
    throw refusal(schemaProblems(check.Errors(value), value));
  };
}

function refusal(errors: readonly ValidationError[]): OrchestrationError {
  const [first] = errors;
  const detail =
    first === undefined ? 'The request is not valid.' : `${first.path} ${first.message}`;
  return new OrchestrationError('validation_failed', detail.trim(), { validationErrors: errors });
}

function unfitText(value: unknown): ValidationError | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, item] of Object.entries(value)) {
    const texts = [name, ...(Array.isArray(item) ? item : [item])];
    if (texts.some((text) => typeof text === 'string' && !isPlainText(text))) {
      return {
        path: `/${name.toWellFormed()}`,
        message: 'holds a character that cannot be stored',
      };
    }
  }
  return undefined;
}

/** What is wrong, in our words. */
export function schemaProblems(
  errors: readonly TLocalizedValidationError[],
  value: unknown,
): readonly ValidationError[] {
  // `false` schemas name each unknown field; the summary beside them only repeats it.
  const empty = new Set(
    errors.filter(({ keyword }) => keyword === 'minLength').map((one) => one.instancePath),
  );
  // What is empty fits no pattern either.
  const isSaid = ({ keyword, instancePath: path }: TLocalizedValidationError) =>
    keyword !== 'additionalProperties' && !(keyword === 'pattern' && empty.has(path));
  return withoutOtherBranches(errors)
    .filter(isSaid)
    .flatMap((error) => errorOf(error, value));
}

/**
 * Where one of several forms is allowed, what is wrong with the form that was sent is all that
 * helps: not that it is none of the others.
 */
function withoutOtherBranches(
  errors: readonly TLocalizedValidationError[],
): readonly TLocalizedValidationError[] {
  const isForm = ({ keyword }: TLocalizedValidationError) =>
    keyword === 'anyOf' || keyword === 'type' || keyword === 'const';
  const meant = withoutOtherKinds(errors);
  const unions = meant.filter(({ keyword }) => keyword === 'anyOf').map((one) => one.instancePath);
  const told = unions.filter((path) =>
    meant.some((error) => isWithin(error.instancePath, path) && !isForm(error)),
  );
  return meant.filter((error) => !(isForm(error) && told.includes(error.instancePath)));
}

/** Where a field such as `type` says which form is meant, the other forms have nothing to add. */
function withoutOtherKinds(
  errors: readonly TLocalizedValidationError[],
): readonly TLocalizedValidationError[] {
  const others = errors
    .filter(({ keyword }) => keyword === 'const')
    .flatMap(({ schemaPath }) => MARKER.exec(schemaPath)?.[1] ?? []);
  const meant = errors.filter(
    ({ schemaPath }) => !others.some((form) => isWithin(schemaPath, form)),
  );
  // Where none of the forms is of the kind that was sent, all of them are told.
  return meant.some(({ schemaPath }) => FORM.test(schemaPath)) ? meant : errors;
}

/** One of several forms. */
const FORM = /\/anyOf\/\d+/;
/** A field of one of several forms, and the form. */
const MARKER = /^(.*\/anyOf\/\d+)\/properties\/[^/]+$/;

function isWithin(path: string, around: string): boolean {
  return path === around || path.startsWith(`${around}/`);
}

function errorOf(error: TLocalizedValidationError, value: unknown): ValidationError[] {
  const path = error.instancePath;
  if (error.keyword === 'required') {
    return error.params.requiredProperties.map((name) => ({
      path: `${path}/${name}`,
      message: 'is required',
    }));
  }
  if (error.keyword === 'boolean') return [{ path, message: 'is not a known field' }];
  const shown = shownValue(valueAt(value, path));
  return [{ path, message: messageOf(error), ...(shown !== undefined && { value: shown }) }];
}

function messageOf(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case 'enum':
      return `must be one of ${error.params.allowedValues.join(', ')}`;
    case 'const':
      return `must be ${JSON.stringify(error.params.allowedValue)}`;
    case 'pattern':
      return String(error.params.pattern) === ID_PATTERN
        ? 'must be an id such as 0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b'
        : error.message;
    case 'format':
      return error.params.format === 'date-time'
        ? 'must be a time such as 2026-01-15T09:30:00Z'
        : error.message;
    case 'minLength':
    case 'minItems':
      return error.params.limit === 1 ? 'must not be empty' : error.message;
    default:
      return error.message;
  }
}

function valueAt(value: unknown, path: string): unknown {
  let at = value;
  for (const part of path.split('/').slice(1)) {
    if (typeof at !== 'object' || at === null) return undefined;
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    at = Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined;
  }
  return at;
}

/** Short scalars only: what was sent may be large, or secret. */
function shownValue(value: unknown): unknown {
  if (typeof value === 'string') return value.length <= VALUE_CHARS ? value : undefined;
  return typeof value === 'number' || typeof value === 'boolean' || value === null
    ? value
    : undefined;
}
