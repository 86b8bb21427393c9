import type { Failures } from '../auth/failures.ts';
import { LOGIN_MS, type OidcLogin, type Return } from '../auth/oidc.ts';
import { readCookieOf } from '../auth/sessions.ts';
import { beginSessionOf, type SessionParts } from './sessions.ts';

export { cookieOf } from './sessions.ts';

export interface LoginParts extends SessionParts {
  readonly oidc: OidcLogin;
  readonly failures: Failures;
}

const COOKIE = 'tenuto_login';

/** @throws OrchestrationError 400 for a place to return to that is not of this server */
export function beginLogin({ oidc }: LoginParts, returnTo: string) {
  return oidc.start(returnTo);
}

/**
 * Begins a session for who the provider has let in.
 * @throws OrchestrationError 401
 */
export async function finishLogin(
  parts: LoginParts,
  { requestId, address }: { readonly requestId: string; readonly address: string },
  back: Return,
) {
  const { principal, returnTo } = await parts.oidc.finish(back).catch((error: unknown) => {
    parts.failures.failed(address);
    throw error;
  });
  const begun = await beginSessionOf(parts, { principal, requestId }, null);
  return { ...begun, returnTo };
}

/** It goes along when the provider leads back, and to nothing else. */
export function loginCookieOf(sealed: string, secure: boolean): string {
  const maxAge = sealed === '' ? 0 : LOGIN_MS / 1000;
  const parts = [`${COOKIE}=${sealed}`, 'Path=/api/v1/auth/oidc', 'HttpOnly', 'SameSite=Lax'];
  return [...parts, `Max-Age=${maxAge}`, ...(secure ? ['Secure'] : [])].join('; ');
}

export function readLoginCookie(header: string | undefined): string | undefined {
  return readCookieOf(header, COOKIE);
}
