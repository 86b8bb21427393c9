import type { FastifyRequest } from 'fastify';
import type { TokenReader } from './api-tokens.ts';
import type { JwtReader } from './jwt.ts';
import type { Principal } from './principal.ts';

export interface Readers {
  readonly token: TokenReader;
  readonly jwt: JwtReader | undefined;
}

/** `none`: nothing was sent. `bad`: something was, and it proves nothing. */
export type Credentials = Principal | 'none' | 'bad';

const BEARER = /^Bearer +([A-Za-z0-9._~+/-]{1,16384}=*)$/i;

/** Finds out who sent a request. Tokens are taken from the Authorization header alone. */
export async function readCredentials(
  request: FastifyRequest,
  readers: Readers,
): Promise<Credentials> {
  const given = headerValues(request, 'authorization');
  if (given.length === 0) return 'none';
  const token = BEARER.exec(given[0] ?? '')?.[1];
  if (token === undefined || given.length > 1) return 'bad';
  const principal = isJwt(token) ? await readers.jwt?.(token) : await readers.token(token);
  return principal ?? 'bad';
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
