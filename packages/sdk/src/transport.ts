import { ApiError, ConnectionError, ProtocolError, readProblem } from './errors.ts';
import { delayBeforeRetry, type Failure, type RetryOptions, readRetryAfter } from './retry.ts';
import type { Shape } from './shape.ts';
import type { Surroundings } from './time.ts';

export interface TransportOptions {
  /** Where the API starts, without a slash at the end: `http://127.0.0.1:8420/api/v1`. */
  readonly base: string;
  readonly token: string | undefined;
  readonly fetch: typeof fetch;
  readonly retry: RetryOptions;
  /** Longest time in milliseconds that one attempt may take. */
  readonly timeoutMs: number;
  readonly surroundings: Surroundings;
}

/** One call of the API; `path` starts with a slash and is encoded already. */
export interface Call<T> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether carrying it out twice is the same as once. */
  readonly repeatable: boolean;
  /** Error statuses whose body is an answer all the same (a health check's 503). */
  readonly alsoGood?: readonly number[];
  readonly shape: Shape<T>;
  readonly signal?: AbortSignal;
}

export type QueryValue = string | number | boolean | readonly string[] | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

type Attempt =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly failure: Failure; readonly error: Error };

/**
 * Sends one call, again where that is safe, and checks the answer.
 *
 * @throws ApiError for an error answer, ConnectionError when there is none, ProtocolError for an
 *   answer that is not the API's; the signal's reason when it aborts
 */
export async function send<T>(options: TransportOptions, call: Call<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    const attempt = await attemptOnce(options, call);
    if (attempt.ok) return checked(call, attempt.body);
    const delay = delayBeforeRetry(
      attempt.failure,
      { attempts, repeatable: call.repeatable, random: options.surroundings.random() },
      options.retry,
    );
    if (delay === undefined) throw attempt.error;
    await options.surroundings.sleep(delay, call.signal);
  }
}

async function attemptOnce<T>(options: TransportOptions, call: Call<T>): Promise<Attempt> {
  const url = options.base + call.path + queryString(call.query);
  const deadline = AbortSignal.timeout(options.timeoutMs);
  let response: Response;
  let raw: string;
  try {
    response = await options.fetch(url, {
      method: call.method,
      headers: headersOf(options, call),
      redirect: 'manual',
      signal: call.signal === undefined ? deadline : AbortSignal.any([call.signal, deadline]),
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    });
    raw = await response.text();
  } catch (cause) {
    call.signal?.throwIfAborted();
    const error = new ConnectionError(options.base, cause);
    return { ok: false, failure: { kind: 'no-answer' }, error };
  }
  return readAnswer(options, call, response, raw);
}

function readAnswer<T>(
  options: TransportOptions,
  call: Call<T>,
  response: Response,
  raw: string,
): Attempt {
  const { status } = response;
  const isRedirect = response.type === 'opaqueredirect' || (status >= 300 && status < 400);
  if (isRedirect)
    throw new ProtocolError(`${options.base} redirects elsewhere; use its new address.`);
  const body = parseJson(raw);
  if (response.ok || call.alsoGood?.includes(status)) {
    if (body !== undefined) return { ok: true, body };
    throw new ProtocolError(`${options.base} did not answer with JSON; is it a Tenuto server?`);
  }
  const retryAfterMs = readRetryAfter(
    response.headers.get('retry-after'),
    options.surroundings.now(),
  );
  return {
    ok: false,
    failure: { kind: 'answer', status, ...(retryAfterMs !== undefined && { retryAfterMs }) },
    error: new ApiError(
      readProblem(status, body),
      retryAfterMs === undefined ? undefined : retryAfterMs / 1_000,
    ),
  };
}

function headersOf<T>(options: TransportOptions, call: Call<T>): Record<string, string> {
  return {
    accept: 'application/json, application/problem+json',
    ...(call.body !== undefined && { 'content-type': 'application/json' }),
    ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
    ...call.headers,
  };
}

function checked<T>(call: Call<T>, body: unknown): T {
  if (call.shape(body)) return body;
  throw new ProtocolError(
    `The answer to ${call.method} ${call.path} has another form than this client knows; ` +
      'use a client of the same version as the server.',
  );
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

export function queryString(query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of typeof value === 'object' ? value : [value]) search.append(name, String(one));
  }
  return search.size === 0 ? '' : `?${search}`;
}
