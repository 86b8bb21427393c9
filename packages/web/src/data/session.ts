import type { Session, SignInMethods } from '@tenuto/contract';
import { after, spread } from './clock.ts';
import { doubt, onReturn } from './connection.ts';
import { createStore } from './store.ts';

/**
 * Who is signed in. The cookie is the browser's alone; what is kept here, in memory, is what the
 * server says about it, with the token that shows that a change comes from a page of ours.
 */
export type SessionState =
  | { readonly kind: 'unknown' }
  /** `was`: the session that has ended by itself; absent when nobody was in, or has left. */
  | { readonly kind: 'out'; readonly was?: Session }
  | { readonly kind: 'in'; readonly session: Session };

const PATH = '/api/v1/auth/session';
const OIDC = '/api/v1/auth/oidc/start';
const METHODS = '/api/v1/auth/methods';
const JSON_ONLY = { accept: 'application/json' };

export const sessionStore = createStore<SessionState>({ kind: 'unknown' });

export function currentSession(): Session | undefined {
  const state = sessionStore.get();
  return state.kind === 'in' ? state.session : undefined;
}

const FIRST_WAIT_MS = 1_000;
const LAST_WAIT_MS = 30_000;
/** Answers that say that there is no session; others say nothing about it. */
const NONE: readonly number[] = [401, 403, 404];
let reading: Promise<void> | undefined;

/** The session by which the page is drawn: one that has ended stays under the way in. */
export function drawnSession(state: SessionState): Session | undefined {
  if (state.kind === 'unknown') return undefined;
  return state.kind === 'in' ? state.session : state.was;
}

/** Asks whose cookie this browser has; again until somebody knows. */
export function readSession(): Promise<void> {
  reading ??= askForSession(FIRST_WAIT_MS).finally(() => {
    reading = undefined;
  });
  return reading;
}

async function askForSession(waitMs: number): Promise<void> {
  try {
    const response = await fetch(PATH, { headers: JSON_ONLY, cache: 'no-store' });
    if (response.ok) return enter(await response.json());
    if (NONE.includes(response.status)) return noteSignedOut();
  } catch {
    // Nobody has answered, or not with what a session is.
  }
  doubt();
  if (sessionStore.get().kind !== 'unknown') return;
  await comeAgain(waitMs * spread());
  await askForSession(Math.min(waitMs * 2, LAST_WAIT_MS));
}

/** After a while, or as soon as the server is back. */
function comeAgain(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const callOff = after(ms, done);
    const forget = onReturn(done);
    function done() {
      callOff();
      forget();
      resolve();
    }
  });
}

/** What a sign-in came to: in, or why not. */
export type SignIn = 'in' | 'refused' | 'too-often' | 'away' | 'failed';

/** Of any other answer nothing follows about the token. */
const REFUSALS: ReadonlyMap<number, SignIn> = new Map([
  ...([400, 401, 403] as const).map((status) => [status, 'refused'] as const),
  ...([502, 503, 504] as const).map((status) => [status, 'away'] as const),
  [429, 'too-often'],
]);

/** Exchanges a token for a cookie; the token is not kept. */
export async function signIn(token: string): Promise<SignIn> {
  // A header holds no other characters, so such a token is none.
  if (!/^[\x21-\x7e]+$/.test(token)) return 'refused';
  try {
    const response = await fetch(PATH, {
      method: 'POST',
      headers: { ...JSON_ONLY, authorization: `Bearer ${token}` },
    });
    if (response.ok) {
      enter(await response.json());
      return 'in';
    }
    return REFUSALS.get(response.status) ?? 'failed';
  } catch {
    return 'away';
  }
}

/** @returns false when the session may still be there, since the server did not end it */
export async function signOut(): Promise<boolean> {
  const csrf = currentSession()?.csrf_token ?? '';
  const headers = { ...JSON_ONLY, 'x-csrf-token': csrf };
  const response = await fetch(PATH, { method: 'DELETE', headers }).catch(() => undefined);
  if (response?.status === 403) {
    // Somebody has signed in anew in another tab.
    await readSession();
    return currentSession()?.csrf_token !== csrf && signOut();
  }
  const isOut = response?.ok === true || NONE.includes(response?.status ?? 0);
  if (isOut) sessionStore.set({ kind: 'out' });
  else doubt();
  return isOut;
}

/** The server does not know the cookie, or no longer. */
export function noteSignedOut(): void {
  const state = sessionStore.get();
  if (state.kind === 'out') return;
  const was = currentSession();
  sessionStore.set({ kind: 'out', ...(was !== undefined && { was }) });
}

/** The provider that the server signs people in by; null when there is none. */
export async function offeredProvider(): Promise<SignInMethods['oidc']> {
  try {
    const response = await fetch(METHODS, { headers: JSON_ONLY });
    const answer: unknown = response.ok ? await response.json() : undefined;
    return isMethods(answer) ? answer.oidc : null;
  } catch {
    return null;
  }
}

function isMethods(value: unknown): value is SignInMethods {
  if (typeof value !== 'object' || value === null || !('oidc' in value)) return false;
  const { oidc } = value;
  if (oidc === null) return true;
  return typeof oidc === 'object' && 'name' in oidc && /string|object/.test(typeof oidc.name);
}

/** Where a sign-in by a provider starts, and leads back to this page. */
export function oidcAddress({ pathname, search }: Pick<Location, 'pathname' | 'search'>): string {
  const returnTo = pathname + withoutMark(search);
  return `${OIDC}?return_to=${encodeURIComponent(returnTo)}`;
}

/** What a provider's sign-in has come to, as the server has marked the address it led back to. */
function refusalIn(search: string): string | undefined {
  return new URLSearchParams(search).get(MARK) ?? undefined;
}

const MARK = 'sign_in';

/** Read at once: the routes leave nothing in an address that they do not know. */
export const refusal = refusalIn(location.search);

function withoutMark(search: string): string {
  const left = search
    .replace(/^\?/, '')
    .split('&')
    .filter((part) => part !== '' && !part.startsWith(`${MARK}=`));
  return left.length === 0 ? '' : `?${left.join('&')}`;
}

/** Takes the mark out of the address: what it says is over. */
function clearMark(): void {
  const { pathname, search, hash } = location;
  if (refusalIn(search) === undefined) return;
  history.replaceState(history.state, '', pathname + withoutMark(search) + hash);
}

function enter(answer: unknown): void {
  clearMark();
  sessionStore.set(isSession(answer) ? { kind: 'in', session: answer } : { kind: 'out' });
}

function isSession(value: unknown): value is Session {
  return (
    typeof value === 'object' &&
    value !== null &&
    'principal' in value &&
    typeof value.principal === 'string' &&
    'csrf_token' in value &&
    typeof value.csrf_token === 'string' &&
    'scopes' in value &&
    Array.isArray(value.scopes)
  );
}
