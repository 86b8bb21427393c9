import { isIP } from 'node:net';
import { OrchestrationError } from '@tenuto/contract';
import type { Clock } from '@tenuto/engine';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { type Credentials, type Readers, readCredentials } from '../auth/credentials.ts';
import { createFailures } from '../auth/failures.ts';
import { authorize, type Principal } from '../auth/principal.ts';
import { networkOf, remoteAddress } from '../http/remote-address.ts';
import { isPlainText } from '../http/text.ts';
import './route-config.ts';

interface AuthOptions {
  readonly readers: Readers;
  readonly clock: Pick<Clock, 'mono'>;
  /** Failed authentications a minute from one address. */
  readonly failuresMost: number;
  /** Whether the peer at this address may say for whom it acts. */
  readonly trusted: (address: string) => boolean;
}

const LOOPBACK: Principal = {
  owner: 'loopback',
  actor: 'loopback',
  scopes: new Set(['metrics:read']),
  via: 'loopback',
};

/**
 * Denies by default: every route needs a scope unless it is declared public, and one that declares
 * nothing stops the server from starting.
 */
export function addAuth(app: FastifyInstance, options: AuthOptions): void {
  app.decorateRequest('principal', undefined);
  const { readers, clock, failuresMost } = options;
  const failures = createFailures({ clock, most: failuresMost });
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.addHook('onReady', async () => {
    const open = routes.find(
      ({ config }) => config?.scope === undefined && !config?.public && !config?.anyScope,
    );
    if (open !== undefined) {
      throw new Error(`The route ${open.url} declares neither a scope nor that it is public.`);
    }
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) return;
    const { config } = request.routeOptions;
    const address = networkOf(remoteAddress(request, options.trusted));
    const reading = readCredentials(request, { readers, failures, address });
    if (config.public === true) {
      // The health check answers even when the database, which knows the tokens, is away.
      const found = await reading.catch(() => undefined);
      request.principal = found?.kind === 'good' ? found.principal : undefined;
      return;
    }
    const credentials = await reading;
    const principal = admitted(credentials, request, reply);
    request.principal = named(principal, request, options);
    if (config.anyScope === true) return;
    if (config.scope === undefined) throw new Error('a route without a scope was reached');
    try {
      authorize(principal, config.scope, 'this');
    } catch (error) {
      const challenge = `Bearer realm="tenuto", error="insufficient_scope", scope="${config.scope}"`;
      reply.header('www-authenticate', challenge);
      throw error;
    }
  });
}

function admitted(
  credentials: Credentials,
  request: FastifyRequest,
  reply: FastifyReply,
): Principal {
  if (credentials.kind === 'good') return credentials.principal;
  if (credentials.kind === 'unread') throw tooManyFailures(credentials.waitMs, reply);
  const bad = credentials.kind === 'bad';
  if (!bad && request.routeOptions.config.loopback && isLocal(request)) {
    return LOOPBACK;
  }
  const reason = bad ? ', error="invalid_token"' : '';
  reply.header('www-authenticate', `Bearer realm="tenuto"${reason}`);
  throw new OrchestrationError(
    'unauthorized',
    bad ? 'The credentials are not valid.' : 'Credentials are needed.',
  );
}

function tooManyFailures(waitMs: number, reply: FastifyReply): OrchestrationError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  reply.headers({ 'ratelimit-remaining': '0', 'ratelimit-reset': String(retryAfterSeconds) });
  const detail = 'Credentials from this address were wrong too often.';
  return new OrchestrationError('rate_limited', detail, { retryAfterSeconds });
}

/** On this machine, and not passed on by a proxy that runs on it. */
function isLocal(request: FastifyRequest): boolean {
  const address = request.socket.remoteAddress ?? '';
  const passedOn = request.headers['x-forwarded-for'] ?? request.headers.forwarded;
  return passedOn === undefined && isLoopback(address);
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  return isIP(plain) === 4 ? plain.startsWith('127.') : plain === '::1';
}

/** The user that a trusted proxy names is written down as the actor; the token decides the rest. */
function named(principal: Principal, request: FastifyRequest, options: AuthOptions): Principal {
  const user = request.headers['x-user-id'];
  const email = request.headers['x-user-email'];
  if (typeof user !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(user)) return principal;
  if (!isPlainText(user) || !options.trusted(request.socket.remoteAddress ?? '')) return principal;
  return { ...principal, actor: user, ...(typeof email === 'string' && { email }) };
}
