import { createHmac } from 'node:crypto';
import { formatTime, OrchestrationError, type Session } from '@tenuto/contract';
import type { Clock, Random, TokenStore } from '@tenuto/engine';
import { hashOf, newToken } from '../auth/api-tokens.ts';
import { isJwt } from '../auth/credentials.ts';
import type { Caller } from '../auth/principal.ts';
import { COOKIE, savePrincipal } from '../auth/sessions.ts';
import { auditOf } from './job-state.ts';

export interface SessionParts {
  readonly tokens: Pick<TokenStore, 'addSession' | 'endSession' | 'sessions'>;
  readonly clock: Pick<Clock, 'wall'>;
  readonly random: Pick<Random, 'bytes'>;
}

/** A working day; who works on signs in again. */
const SESSION_MS = 12 * 3_600_000;

export interface BegunSession {
  readonly session: Session;
  /** What the cookie holds. */
  readonly cookie: string;
  readonly maxAgeSeconds: number;
}

/**
 * Begins a session: a cookie in exchange for the token that the request came with. It ends with the
 * token, at the latest after twelve hours.
 * @throws OrchestrationError 400 for who has come with a cookie already
 */
export async function beginSession(
  parts: SessionParts,
  caller: Caller,
  token: string | undefined,
): Promise<BegunSession> {
  const { principal } = caller;
  if (token === undefined || principal.via === 'session') {
    const detail = 'A session is begun with a token in the Authorization header.';
    throw new OrchestrationError('malformed_request', detail);
  }
  return beginSessionOf(parts, caller, isJwt(token) ? null : hashOf(token));
}

/** @param tokenHash of the API token that it ends with; null: what the principal is now is kept */
export async function beginSessionOf(
  { tokens, clock, random }: SessionParts,
  caller: Caller,
  tokenHash: Uint8Array | null,
): Promise<BegunSession> {
  const { principal } = caller;
  const cookie = newToken(random, 'tnw');
  const now = clock.wall();
  const last = now + SESSION_MS;
  const expiresAt = Math.min(last, principal.expiresAt ?? last);
  const until = formatTime(expiresAt);
  await tokens.addSession({
    ...{ hash: hashOf(cookie), csrfHash: hashOf(csrfOf(cookie)), tokenHash },
    principal: tokenHash === null ? savePrincipal({ ...principal, actor: principal.owner }) : null,
    subject: principal.owner,
    expiresAt,
    audit: auditOf(caller, 'session.created', principal.owner, { until, by: principal.via }),
  });
  return {
    session: sessionView(caller, cookie, expiresAt),
    cookie,
    maxAgeSeconds: Math.max(1, Math.floor((expiresAt - now) / 1000)),
  };
}

/**
 * The session that a request came with, for a page that was loaded anew.
 * @throws OrchestrationError 404 for who did not come with a cookie
 */
export async function getSession(
  { tokens }: SessionParts,
  caller: Caller,
  cookie: string | undefined,
): Promise<Session> {
  const hash = cookie === undefined ? undefined : hashOf(cookie);
  const [found] = hash === undefined ? [] : await tokens.sessions(hash);
  if (caller.principal.via !== 'session' || cookie === undefined || found === undefined) {
    throw new OrchestrationError('not_found', 'This request did not come with a session.');
  }
  return sessionView(caller, cookie, found.expiresAt);
}

/** @returns whether there was one to end */
export function endSession(
  { tokens }: SessionParts,
  caller: Caller,
  cookie: string | undefined,
): Promise<boolean> {
  if (cookie === undefined || caller.principal.via !== 'session') return Promise.resolve(false);
  const { owner } = caller.principal;
  return tokens.endSession(hashOf(cookie), auditOf(caller, 'session.deleted', owner, {}));
}

/** Follows from the cookie, which no script can read; so it need not be kept. */
function csrfOf(cookie: string): string {
  return createHmac('sha256', cookie).update('csrf').digest('base64url');
}

function sessionView({ principal }: Caller, cookie: string, expiresAt: number): Session {
  return {
    principal: principal.owner,
    scopes: [...principal.scopes],
    csrf_token: csrfOf(cookie),
    expires_at: formatTime(expiresAt),
  };
}

interface CookieLife {
  readonly maxAgeSeconds: number;
  /** For TLS only. */
  readonly secure: boolean;
}

/** The header that sets the cookie of a session, or takes it away. */
export function cookieOf(value: string, { maxAgeSeconds, secure }: CookieLife): string {
  const parts = [`${COOKIE}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'];
  return [...parts, `Max-Age=${maxAgeSeconds}`, ...(secure ? ['Secure'] : [])].join('; ');
}
