import { OrchestrationError, type SignInMethods } from '@tenuto/contract';
import type { Failures } from '../auth/failures.ts';
import { LOGIN_MS, LoginRefused, type OidcLogin, type Return } from '../auth/oidc.ts';
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

/**
 * Where a browser is led whose sign-in has come to nothing: to the page that people sign in on, which
 * says why. Undefined for what is no matter of signing in.
 */
export function refusedAt(error: unknown): string | undefined {
  if (error instanceof LoginRefused) return marked(error.returnTo, error.reason);
  const away = error instanceof OrchestrationError && error.code === 'overloaded';
  return away ? marked('/', 'provider_away') : undefined;
}

/** Only what stands there is added to: a path that is put together anew may lead elsewhere. */
function marked(path: string, reason: string): string {
  const [place = '/'] = path.split('#', 1);
  return `${place}${place.includes('?') ? '&' : '?'}sign_in=${reason}`;
}

/** By what people can sign in here. */
export function signInMethods(oidc: Pick<OidcLogin, 'name'> | undefined): SignInMethods {
  return { token: true, oidc: oidc === undefined ? null : { name: oidc.name ?? null } };
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
