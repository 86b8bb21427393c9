import { STATUS_CODES } from 'node:http';
import { ERRORS, type ErrorCode, problemOf } from '@tenuto/contract';

/** Marks, in the schema of a route, an answer that is an error of the table. */
export const PROBLEM_TITLE = 'An error of the table.';

interface Response {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: { readonly title?: string } }>>;
}

interface Operation {
  readonly responses?: Readonly<Record<string, Response>>;
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** Headers that come with an error, by status. */
const HEADERS: Readonly<Record<number, readonly string[]>> = {
  401: ['WWW-Authenticate'],
  403: ['WWW-Authenticate'],
  405: ['Allow'],
  429: ['Retry-After', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'],
  503: ['Retry-After'],
};

/** Every error answer, by status, with an example for each of its codes. */
export function problemResponses(): Record<string, object> {
  const codes = Object.keys(ERRORS).filter(isErrorCode);
  const statuses = new Set(codes.map((code) => ERRORS[code][0]));
  const responses = [...statuses].sort().map((status) => {
    const own = codes.filter((code) => ERRORS[code][0] === status);
    const headers = (HEADERS[status] ?? []).map((name) => [name, { schema: { type: 'string' } }]);
    return [
      `Problem${status}`,
      {
        description: own.map((code) => `\`${code}\`: ${ERRORS[code][1]}.`).join(' '),
        ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/Problem' },
            examples: Object.fromEntries(own.map((code) => [code, { value: exampleOf(code) }])),
          },
        },
      },
    ] as const;
  });
  return Object.fromEntries(responses);
}

/** The paths of a document, their errors being references to those, and their answers named. */
export function withProblems(paths: Paths): object {
  return mapValues(paths, (operations) =>
    mapValues(operations, (operation) => ({
      ...operation,
      responses: mapValues(operation.responses ?? {}, answerOf),
    })),
  );
}

function answerOf(response: Response, status: string): object {
  const isProblem = Object.values(response.content ?? {}).some(
    ({ schema }) => schema?.title === PROBLEM_TITLE,
  );
  if (isProblem) return { $ref: `#/components/responses/Problem${status}` };
  return { ...response, description: STATUS_CODES[status] ?? 'An answer' };
}

function exampleOf(code: ErrorCode): object {
  const requestId = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
  return problemOf({ code, detail: `${ERRORS[code][1]}.`, requestId });
}

function isErrorCode(name: string): name is ErrorCode {
  return Object.hasOwn(ERRORS, name);
}

function mapValues<In, Out>(
  fields: Readonly<Record<string, In>>,
  map: (value: In, name: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, map(value, name)]),
  );
}
