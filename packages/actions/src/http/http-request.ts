import type { JsonObject } from '@tenuto/contract';
import type { ActionCall, ActionError, ActionOutcome, Clock, SecretUse } from '@tenuto/engine';
import type { Agent, Dispatcher } from 'undici';
import type { ActionDefinition } from '../action.ts';
import { secretKeptFrom } from '../secret-hosts.ts';
import { judgeUrl } from './address-guard.ts';
import { type AllowList, parseAllowList } from './allow-list.ts';
import { hostLookup, type Lookup } from './connector.ts';
import { blocked, classifyFailure, HttpFailure } from './failure.ts';
import { guardedAgent } from './guarded-agent.ts';
import { type Hop, HTTP_PARAMETERS, type HttpExchange, readExchange } from './parameters.ts';
import { MAX_REDIRECTS, nextHop } from './redirect.ts';
import { readBody, shapeBody } from './response-body.ts';
import { isExpected, statusError } from './status.ts';

export interface HttpRequestOptions {
  readonly clock: Clock;
  /** `TENUTO_HTTP_ALLOW`: hosts, host:port, addresses, CIDRs and `*.suffix` that may be private. */
  readonly allow?: readonly string[];
  /** Resolves names; the machine's resolver unless a test brings its own. */
  readonly lookup?: Lookup;
}

interface Client {
  readonly agent: Agent;
  readonly allow: AllowList;
  readonly clock: Clock;
}

/** A redirect's body is read up to here so that its connection can be used again. */
const REDIRECT_BODY_BYTES = 64 * 1024;

const TIMED_OUT = Symbol('timed out');

/**
 * The action `http.request`. Private and special addresses are refused unless the operator allows
 * them; proxies from the environment are not used, since a proxy would resolve names unjudged.
 *
 * @throws TypeError for an entry of `allow` that cannot be read.
 */
export function httpRequest(
  options: HttpRequestOptions,
): ActionDefinition & Required<Pick<ActionDefinition, 'effectOf' | 'close'>> {
  const { clock, lookup = hostLookup } = options;
  const allow = parseAllowList(options.allow ?? []);
  const agent = guardedAgent({ allow, lookup });
  return {
    name: 'http.request',
    description: 'Sends an HTTP request and waits for its answer.',
    parameters: HTTP_PARAMETERS,
    run: (call) => send({ agent, allow, clock }, call),
    secretFields: 'all',
    keepsHosts: true,
    effectOf,
    close: () => agent.destroy(),
  };
}

/** Methods that may be repeated without harm (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

function effectOf({ method = 'GET', url }: JsonObject): string | undefined {
  const verb = String(method).toUpperCase();
  if (IDEMPOTENT.has(verb) || typeof url !== 'string') return undefined;
  const target = URL.parse(url);
  // An address that is a secret is not known here, and the call is an effect all the same.
  return target === null ? verb : `${verb} ${target.origin}${target.pathname}`;
}

async function send(client: Client, call: ActionCall): Promise<ActionOutcome> {
  const timer = new AbortController();
  const signal = AbortSignal.any([call.signal, timer.signal]);
  let stopTimer = () => {};
  try {
    const exchange = readExchange(call);
    stopTimer = client.clock.after(exchange.timeoutMs, () => timer.abort(TIMED_OUT));
    const log = (text: string) => call.log('system', text);
    return await follow(client, exchange, { signal, log, secrets: call.secrets });
  } catch (thrown) {
    if (!signal.aborted) return { status: 'failed', error: classifyFailure(thrown) };
    return signal.reason === TIMED_OUT ? timedOut : cancelled;
  } finally {
    stopTimer();
  }
}

interface Conversation {
  readonly signal: AbortSignal;
  readonly secrets: readonly SecretUse[] | undefined;
  log(text: string): void;
}

async function follow(
  client: Client,
  exchange: HttpExchange,
  conversation: Conversation,
): Promise<ActionOutcome> {
  const startedAt = client.clock.mono();
  let hop = exchange.hop;
  for (let redirects = 0; ; redirects++) {
    const response = await dispatch(client, hop, conversation);
    const location = headerOf(response, 'location');
    const next = exchange.followRedirects ? nextHop(hop, response.statusCode, location) : undefined;
    if (next === undefined) {
      const answer = { hop, redirects, response, startedAt };
      return await settle(client, exchange, answer);
    }
    await response.body.dump({ limit: REDIRECT_BODY_BYTES, signal: conversation.signal });
    if (redirects === MAX_REDIRECTS) throw tooManyRedirects();
    hop = next;
  }
}

async function dispatch(
  { agent, allow }: Client,
  hop: Hop,
  { signal, log, secrets }: Conversation,
): Promise<Dispatcher.ResponseData> {
  const verdict = judgeUrl(hop.url, allow);
  if (!verdict.allowed) throw refusal(hop.url, verdict);
  const { url } = verdict;
  const kept = secretKeptFrom(secrets, url.href);
  if (kept !== undefined) throw keptFrom(url.host, kept);
  signal.throwIfAborted();
  const answer = agent.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: hop.method,
    headers: hop.headers,
    body: hop.body ?? null,
    signal,
  });
  const response = await unlessAborted(answer, signal);
  log(`${subjectOf(hop)} answered ${response.statusCode}`);
  return response;
}

/** Undici sees an abort only once it is connected; a lookup that hangs must not hold the attempt. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

interface Answer {
  readonly hop: Hop;
  readonly redirects: number;
  readonly response: Dispatcher.ResponseData;
  readonly startedAt: number;
}

async function settle(
  { clock }: Client,
  exchange: HttpExchange,
  { hop, redirects, response, startedAt }: Answer,
): Promise<ActionOutcome> {
  const status = response.statusCode;
  const expected = isExpected(status, exchange.expected);
  const bytes = await readBody(response.body, {
    maxBytes: exchange.maxBytes,
    coding: headerOf(response, 'content-encoding'),
  }).catch((error: unknown) => {
    // The status says more about a failed request than a body that cannot be kept.
    if (expected || !(error instanceof HttpFailure)) throw error;
    return Buffer.alloc(0);
  });
  const output: JsonObject = {
    status,
    headers: Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name, value ?? '']),
    ),
    body: shapeBody(bytes, {
      format: expected ? exchange.format : 'auto',
      contentType: headerOf(response, 'content-type') ?? '',
    }),
    url: hop.url,
    redirects,
    duration_ms: Math.round(clock.mono() - startedAt),
  };
  if (expected) return { status: 'completed', output };
  const retryAfter = headerOf(response, 'retry-after');
  const error = statusError({ status, retryAfter, subject: subjectOf(hop), nowMs: clock.wall() });
  return { status: 'failed', error, output };
}

function headerOf({ headers }: Dispatcher.ResponseData, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Method and address without the query, which often carries a key. */
function subjectOf({ method, url }: Hop): string {
  const { origin, pathname } = new URL(url);
  return `${method} ${origin}${pathname}`;
}

function refusal(
  text: string,
  { type, reason }: { readonly type: string; readonly reason: string },
): HttpFailure {
  if (type === 'ssrf_blocked') return blocked(URL.parse(text)?.host ?? text, reason);
  return new HttpFailure({
    classification: 'validation',
    type,
    message: `The URL cannot be used: ${reason}.`,
  });
}

/** A redirect elsewhere is refused as well: its address may hold what was sent to the first. */
function keptFrom(host: string, { name, allowedHosts = [] }: SecretUse): HttpFailure {
  return new HttpFailure({
    classification: 'validation',
    type: 'secret_host_refused',
    message: `The secret ${name} may be sent to ${allowedHosts.join(', ')} only, not to ${host}.`,
  });
}

function tooManyRedirects(): HttpFailure {
  return new HttpFailure({
    classification: 'permanent',
    type: 'too_many_redirects',
    message: `The request was redirected more than ${MAX_REDIRECTS} times.`,
  });
}

const timedOutError: ActionError = {
  classification: 'timeout',
  type: 'timeout',
  message: 'The request took longer than timeout_seconds.',
};
const timedOut: ActionOutcome = { status: 'timeout', error: timedOutError };

const cancelled: ActionOutcome = {
  status: 'cancelled',
  error: {
    classification: 'permanent',
    type: 'cancelled',
    message: 'The request was cancelled before it ended.',
  },
};
