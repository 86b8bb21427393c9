import type { Session, SignInMethods } from '@tenuto/contract';
import { after } from './clock.ts';
import { doubt, onReturn } from './connection.ts';
import { createStore } from './store.ts';

/**
 * Who is signed in. The cookie is the browser's alone; what is kept here, in memory, is what the
 * server says about it, with the token that shows that a change comes from a page of ours.
 */
export type SessionState =
  | { readonly kind: 'unknown' | 'out' }
  | { readonly kind: 'in'; readonly session: Session }
  /** The browser's cookie is good no longer, or somebody else's by now; the page is still theirs. */
  | { readonly kind: 'ended'; readonly session: Session; readonly other?: Session };

const PATH = '/api/v1/auth/session';
const OIDC = '/api/v1/auth/oidc/start';
const METHODS = '/api/v1/auth/methods';
const JSON_ONLY = { accept: 'application/json' };

export const sessionStore = createStore<SessionState>({ kind: 'unknown' });

/** Whose page this is, also when they have to sign in again. */
export function sessionOf(state: SessionState): Session | undefined {
  return 'session' in state ? state.session : undefined;
}

export const currentSession = (): Session | undefined => sessionOf(sessionStore.get());

/** Signing in and out in one tab is noticed by the others. */
const tabs = new BroadcastChannel('tenuto-session');
tabs.onmessage = () => void readSession();

const FIRST_WAIT_MS = 1_000;
const LAST_WAIT_MS = 30_000;
/** Answers that say that there is no session; others say nothing about it. */
const NONE: readonly number[] = [401, 403, 404];
let reading: Promise<void> | undefined;

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
    if (response.ok) return find(await response.json());
    if (NONE.includes(response.status)) return noteSignedOut();
  } catch {
    // Nobody has answered, or not with what a session is.
  }
  doubt();
  if (sessionStore.get().kind !== 'unknown') return;
  await comeAgain(waitMs * (0.5 + Math.random() / 2));
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

/** What one person has on the page is not taken away by another one's signing in elsewhere. */
function find(answer: unknown): void {
  const mine = currentSession();
  const isOther = mine !== undefined && isSession(answer) && answer.principal !== mine.principal;
  if (isOther) sessionStore.set({ kind: 'ended', session: mine, other: answer });
  else enter(answer);
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
      tabs.postMessage('in');
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
  if (isOut) {
    tabs.postMessage('out');
    sessionStore.set({ kind: 'out' });
  } else doubt();
  return isOut;
}

/** The server does not know the cookie, or no longer. */
export function noteSignedOut(): void {
  const session = currentSession();
  sessionStore.set(session === undefined ? { kind: 'out' } : { kind: 'ended', session });
}

/** Lets whoever has signed in elsewhere have this page. */
export function goOnAs(session: Session): void {
  sessionStore.set({ kind: 'in', session });
}

/** Waits while a session has ended; `signal` ends the waiting. */
export function untilSignedIn(signal?: AbortSignal | null): Promise<void> {
  const isOver = () => sessionStore.get().kind !== 'ended';
  if (isOver()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = sessionStore.subscribe(() => isOver() && end(resolve));
    const giveUp = () => end(() => reject(signal?.reason));
    const end = (then: () => void) => {
      stop();
      signal?.removeEventListener('abort', giveUp);
      then();
    };
    signal?.addEventListener('abort', giveUp);
    if (signal?.aborted) giveUp();
  });
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
  const state = sessionStore.get();
  const isSame = state.kind === 'in' && JSON.stringify(state.session) === JSON.stringify(answer);
  // What is the same leaves everything that was read as it is.
  if (isSame) return;
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
