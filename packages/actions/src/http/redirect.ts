import type { Hop } from './parameters.ts';

/** Enough for every honest chain (http to https, to www, to a login, back). */
export const MAX_REDIRECTS = 5;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Names of headers that say who somebody is; made for one origin, they stay there. */
const CREDENTIAL = /auth|cookie|token|secret|credential|password|signature|api-?key/;

/**
 * The request that an answer redirects to, or undefined when it is not a redirect. The target is
 * not judged here: the caller has to, as it did for the first one.
 *
 * 303 turns everything but HEAD into GET, 301 and 302 turn POST into GET as browsers do, 307 and
 * 308 keep method and body. On another origin, headers that carry credentials are left behind.
 */
export function nextHop(hop: Hop, status: number, location: string | undefined): Hop | undefined {
  if (!REDIRECTS.has(status) || location === undefined) return undefined;
  const target = URL.parse(location, hop.url);
  const url = target?.href ?? location;
  const headers = new Map(hop.headers);
  if (target?.origin !== new URL(hop.url).origin) {
    for (const name of headers.keys()) if (CREDENTIAL.test(name)) headers.delete(name);
  }
  if (!becomesGet(hop, status)) return { ...hop, url, headers };
  for (const name of headers.keys()) {
    if (name.startsWith('content-') || name === 'idempotency-key') headers.delete(name);
  }
  return { url, method: 'GET', headers, body: undefined };
}

function becomesGet({ method }: Hop, status: number): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return (status === 301 || status === 302) && method === 'POST';
}
