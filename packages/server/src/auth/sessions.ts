import { OrchestrationError } from '@tenuto/contract';
import type { TokenStore } from '@tenuto/engine';
import { type HashReader, hashOf, isSame } from './api-tokens.ts';
import type { Principal } from './principal.ts';

export const COOKIE = 'tenuto_session';
const VALUE = /^tnw_[A-Za-z0-9_-]{43}$/;

interface SessionOptions {
  readonly tokens: Pick<TokenStore, 'sessions'>;
  /** Finds the principal of the token that a session was made of. */
  readonly byHash: HashReader;
}

interface CookieUse {
  /** Whether the request may change something: then it has to prove that a page of ours sent it. */
  readonly changes: boolean;
  readonly csrf: string | undefined;
}

/** Makes what finds the principal of a session's cookie. The token behind it is asked for each time. */
export function createSessionReader({ tokens, byHash }: SessionOptions) {
  return {
    /** @throws OrchestrationError `forbidden` for a change without the session's CSRF token */
    async read(cookie: string, { changes, csrf }: CookieUse): Promise<Principal | undefined> {
      const hash = hashOf(cookie);
      const found = (await tokens.sessions(hash)).find((session) => isSame(session.hash, hash));
      if (found === undefined) return undefined;
      if (changes && (csrf === undefined || !isSame(found.csrfHash, hashOf(csrf)))) {
        const detail = 'With a cookie, a change needs the X-CSRF-Token that the session was given.';
        throw new OrchestrationError('forbidden', detail);
      }
      const principal =
        found.tokenHash === null ? savedPrincipal(found.principal) : await byHash(found.tokenHash);
      return principal && { ...principal, via: 'session' };
    },
  };
}

export type SessionReader = ReturnType<typeof createSessionReader>;

/** The session's cookie among those of a request; undefined for none, and for two. */
export function readCookie(header: string | undefined): string | undefined {
  const value = readCookieOf(header, COOKIE);
  return value !== undefined && VALUE.test(value) ? value : undefined;
}

/** The one cookie of a name. */
export function readCookieOf(header: string | undefined, name: string): string | undefined {
  const own = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
  return own.length === 1 ? own[0] : undefined;
}

/** What a JWT said about its subject, as text. */
export function savePrincipal({ owner, actor, email, scopes, teams }: Principal): string {
  return JSON.stringify({ owner, actor, email, scopes: [...scopes], teams });
}

function savedPrincipal(text: string | null): Principal | undefined {
  if (text === null) return undefined;
  // Written by this module, and by nobody else.
  const { owner, actor, email, scopes, teams }: ReturnType<typeof JSON.parse> = JSON.parse(text);
  return {
    ...{ owner, actor, scopes: new Set<string>(scopes), teams, via: 'session' },
    ...(typeof email === 'string' && { email }),
  };
}
