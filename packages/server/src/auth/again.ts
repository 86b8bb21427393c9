import { isJwt, type Readers } from './credentials.ts';
import type { Principal, Visit } from './principal.ts';

/**
 * Who sent a request that is going on, asked anew.
 * @returns undefined when the credentials do not hold any more
 */
export async function whoAgain(
  { bearer, cookie }: Pick<Visit, 'bearer' | 'cookie'>,
  readers: Readers,
): Promise<Principal | undefined> {
  if (bearer !== undefined) return isJwt(bearer) ? readers.jwt?.(bearer) : readers.token(bearer);
  if (cookie === undefined) return undefined;
  return await readers.session?.read(cookie, { changes: false, csrf: undefined });
}
