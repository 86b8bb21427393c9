import type { Clock } from '@tenuto/engine';
import { hashOf } from './api-tokens.ts';
import { isJwt, type Readers } from './credentials.ts';
import type { Principal, Visit } from './principal.ts';

type Credentials = Pick<Visit, 'bearer' | 'cookie'>;

/** Requests that came with the same credentials are answered together for so long. */
const SHARED_MS = 1_000;
const SHARED = 5_000;

/**
 * Makes the function that finds out anew who sent a request that is still going on; undefined when its
 * credentials do not hold any more.
 */
export function createWhoAgain(readers: Readers, clock: Pick<Clock, 'mono'>) {
  const asked = new Map<string, { readonly who: Promise<Principal | undefined>; until: number }>();
  return function whoAgain(credentials: Credentials): Promise<Principal | undefined> {
    const { bearer, cookie } = credentials;
    const key = hashOf(`${bearer === undefined} ${bearer ?? cookie}`).toString('base64');
    const known = asked.get(key);
    if (known !== undefined && known.until > clock.mono()) return known.who;
    if (asked.size >= SHARED) asked.clear();
    const who = read(credentials, readers);
    asked.set(key, { who, until: clock.mono() + SHARED_MS });
    return who;
  };
}

async function read(
  { bearer, cookie }: Credentials,
  readers: Readers,
): Promise<Principal | undefined> {
  if (bearer !== undefined) return isJwt(bearer) ? readers.jwt?.(bearer) : readers.token(bearer);
  if (cookie === undefined) return undefined;
  return await readers.session?.read(cookie, { changes: false, csrf: undefined });
}
