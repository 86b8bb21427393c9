import type { Json } from '@tenuto/contract';
import type { ActionCall } from '@tenuto/engine';
import Type, { type Static } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { HttpFailure } from './failure.ts';
import { STATUS_PATTERN, type StatusPattern } from './status.ts';

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

const RESPONSE_FORMATS = ['auto', 'json', 'text', 'base64'] as const;
export type ResponseFormat = (typeof RESPONSE_FORMATS)[number];

const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);

/** `with` of `http.request`. */
export const HTTP_PARAMETERS = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 8_192 }),
    method: Type.Optional(Type.Enum([...METHODS])),
    headers: Type.Optional(Type.Record(Type.String(), scalar)),
    query: Type.Optional(
      Type.Record(Type.String(), Type.Union([scalar, Type.Null(), Type.Array(scalar)])),
    ),
    body: Type.Optional(
      Type.Unknown({
        description: 'A string is sent as it is, null not at all, all else as JSON.',
      }),
    ),
    timeout_seconds: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 3_600,
        description: 'For the whole exchange, redirects and body included.',
      }),
    ),
    follow_redirects: Type.Optional(Type.Boolean()),
    expected_status: Type.Optional(
      Type.Array(
        Type.Union([
          Type.Integer({ minimum: 100, maximum: 599 }),
          Type.String({ pattern: STATUS_PATTERN }),
        ]),
        { minItems: 1, maxItems: 50 },
      ),
    ),
    response: Type.Optional(Type.Enum([...RESPONSE_FORMATS])),
    max_response_bytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 8 * 1024 * 1024 })),
  },
  { additionalProperties: false },
);

/** What goes over the wire in one hop. Header names are in lower case. */
export interface Hop {
  readonly url: string;
  readonly method: Method;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string | undefined;
}

/** A checked request with every default filled in. */
export interface HttpExchange {
  readonly hop: Hop;
  readonly timeoutMs: number;
  readonly followRedirects: boolean;
  readonly expected: readonly StatusPattern[];
  readonly format: ResponseFormat;
  readonly maxBytes: number;
}

/**
 * Headers that frame the message or pick the connection: set by hand, they make two readers of the
 * same bytes disagree, or send one host's request to another.
 */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'te',
  'trailer',
  'expect',
]);

/**
 * Reads `with` of a call.
 *
 * @throws HttpFailure (validation) when it does not fit the schema or sets a reserved header.
 */
export function readExchange(call: ActionCall): HttpExchange {
  const given: unknown = call.with;
  if (!Check(HTTP_PARAMETERS, given)) throw misfit(given);
  const method = given.method ?? 'GET';
  const body = call.with.body ?? null;
  return {
    hop: {
      url: withQuery(given.url, given.query ?? {}),
      method,
      headers: requestHeaders(given.headers ?? {}, { method, body, key: call.idempotencyKey }),
      body: body === null ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    },
    timeoutMs: (given.timeout_seconds ?? 30) * 1_000,
    followRedirects: given.follow_redirects ?? true,
    expected: given.expected_status ?? ['2xx'],
    format: given.response ?? 'auto',
    maxBytes: given.max_response_bytes ?? 1024 * 1024,
  };
}

function requestHeaders(
  given: NonNullable<Static<typeof HTTP_PARAMETERS>['headers']>,
  request: { readonly method: Method; readonly body: Json; readonly key: string },
): ReadonlyMap<string, string> {
  const headers = new Map([
    ['accept', '*/*'],
    ['accept-encoding', 'gzip, br'],
    ['user-agent', 'tenuto'],
  ]);
  if (request.body !== null && typeof request.body !== 'string') {
    headers.set('content-type', 'application/json');
  }
  if (request.method === 'POST' || request.method === 'PATCH') {
    headers.set('idempotency-key', request.key);
  }
  for (const [name, value] of Object.entries(given)) {
    const lower = name.toLowerCase();
    if (RESERVED_HEADERS.has(lower)) {
      throw invalid(`The header ${name} is set by the client and cannot be given.`);
    }
    headers.set(lower, String(value));
  }
  return headers;
}

function withQuery(
  url: string,
  query: NonNullable<Static<typeof HTTP_PARAMETERS>['query']>,
): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null) parsed.searchParams.append(name, String(item));
    }
  }
  return parsed.href;
}

function misfit(given: unknown): HttpFailure {
  const [first] = Errors(HTTP_PARAMETERS, given);
  return invalid(`with${first?.instancePath ?? ''}: ${first?.message ?? 'does not fit'}.`);
}

function invalid(message: string): HttpFailure {
  return new HttpFailure({ classification: 'validation', type: 'invalid_request', message });
}
