import type { FastifyRequest } from 'fastify';
import { hashOf, type TokenReader } from './api-tokens.ts';
import type { Failures } from './failures.ts';
import type { JwtReader } from './jwt.ts';
import type { Principal } from './principal.ts';
import { readCookie, type SessionReader } from './sessions.ts';

export interface Readers {
  readonly token: TokenReader;
  readonly jwt: JwtReader | undefined;
  readonly session?: SessionReader;
}

/**
 * `none`: nothing was sent. `bad`: something was, and it proves nothing. `unread`: the address has
 * failed too often; `waitMs` says for how long it is not listened to.
 */
export type Credentials =
  | { readonly kind: 'good'; readonly principal: Principal }
  | { readonly kind: 'none' | 'bad' }
  | { readonly kind: 'unread'; readonly waitMs: number };

interface Door {
  readonly readers: Readers;
  readonly failures: Failures;
  /** What failures are counted by. */
  readonly address: string;
}

const BEARER = /^Bearer +([A-Za-z0-9._~+/-]{1,16384}=*)$/i;

/**
 * Finds out who sent a request. Tokens are taken from the Authorization header alone; the cookie of a
 * session counts only when there is none.
 */
export async function readCredentials(
  request: FastifyRequest,
  { readers, failures, address }: Door,
): Promise<Credentials> {
  const given = headerValues(request, 'authorization');
  if (given.length === 0) return sessionOf(request, readers);
  const key = hashOf(given[0] ?? '').toString('base64');
  const waitMs = failures.waitMs(address, key);
  if (waitMs > 0) return { kind: 'unread', waitMs };
  const principal = await principalOf(given, readers);
  if (principal === undefined) {
    failures.failed(address);
    return { kind: 'bad' };
  }
  failures.passed(key);
  return { kind: 'good', principal };
}

/** A cookie that has ended is no attack: whose it was has to sign in again. */
async function sessionOf(request: FastifyRequest, { session }: Readers): Promise<Credentials> {
  const cookie = session && readCookie(request.headers.cookie);
  if (session === undefined || cookie === undefined) return { kind: 'none' };
  const csrf = request.headers['x-csrf-token'];
  const principal = await session.read(cookie, {
    changes: !SAFE.has(request.method),
    csrf: typeof csrf === 'string' ? csrf : undefined,
  });
  return principal === undefined ? { kind: 'none' } : { kind: 'good', principal };
}

/** Requests of these methods change nothing. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

async function principalOf(
  given: readonly string[],
  readers: Readers,
): Promise<Principal | undefined> {
  const token = given.length > 1 ? undefined : BEARER.exec(given[0] ?? '')?.[1];
  if (token === undefined) return undefined;
  return isJwt(token) ? readers.jwt?.(token) : readers.token(token);
}

/** The token that a request came with, good or not. */
export function bearerOf(request: FastifyRequest): string | undefined {
  const given = headerValues(request, 'authorization');
  return given.length === 1 ? BEARER.exec(given[0] ?? '')?.[1] : undefined;
}

/** Three parts make a JWT; API tokens have no dots. */
export function isJwt(token: string): boolean {
  return token.split('.').length === 3;
}

/** Every value of a header as it was sent; Node shows only the first of some. */
function headerValues(request: FastifyRequest, name: string): string[] {
  const values: string[] = [];
  const { rawHeaders } = request.raw;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '');
  }
  return values;
}
