import type { Session } from '@tenuto/contract';
import { noteAway, onReturn } from './connection.ts';
import { createStore } from './store.ts';

/**
 * Who is signed in. The cookie is the browser's alone; what is kept here, in memory, is what the
 * server says about it, with the token that shows that a change comes from a page of ours.
 */
export type SessionState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'out'; readonly ended: boolean }
  | { readonly kind: 'in'; readonly session: Session };

const PATH = '/api/v1/auth/session';
const OIDC = '/api/v1/auth/oidc/start';
const JSON_ONLY = { accept: 'application/json' };

export const sessionStore = createStore<SessionState>({ kind: 'unknown' });

export function currentSession(): Session | undefined {
  const state = sessionStore.get();
  return state.kind === 'in' ? state.session : undefined;
}

/** Asks whose cookie this browser has. */
export async function readSession(): Promise<void> {
  try {
    const response = await fetch(PATH, { headers: JSON_ONLY, cache: 'no-store' });
    if (response.ok) return enter(await response.json());
    if (response.status === 503) return noteAway('starting');
    sessionStore.set({ kind: 'out', ended: false });
  } catch {
    noteAway('silent');
  }
}

onReturn(() => {
  if (sessionStore.get().kind === 'unknown') void readSession();
});

/** What a sign-in came to: in, or why not. */
export type SignIn = 'in' | 'refused' | 'too-often' | 'away';

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
    if (response.status === 503) return 'away';
    return response.status === 429 ? 'too-often' : 'refused';
  } catch {
    return 'away';
  }
}

export async function signOut(): Promise<void> {
  const csrf = currentSession()?.csrf_token ?? '';
  const headers = { ...JSON_ONLY, 'x-csrf-token': csrf };
  await fetch(PATH, { method: 'DELETE', headers }).catch(() => undefined);
  sessionStore.set({ kind: 'out', ended: false });
}

/** The server no longer knows the cookie. */
export function noteSignedOut(): void {
  if (sessionStore.get().kind === 'in') sessionStore.set({ kind: 'out', ended: true });
}

/** Whether the server can sign people in by a provider; it has no such route otherwise. */
export async function offersOidc(): Promise<boolean> {
  try {
    const response = await fetch(OIDC, { redirect: 'manual' });
    return response.type === 'opaqueredirect';
  } catch {
    return false;
  }
}

/** Where a sign-in by a provider starts. */
export function oidcAddress(returnTo: string): string {
  return `${OIDC}?return_to=${encodeURIComponent(returnTo)}`;
}

function enter(answer: unknown): void {
  sessionStore.set(
    isSession(answer) ? { kind: 'in', session: answer } : { kind: 'out', ended: false },
  );
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
