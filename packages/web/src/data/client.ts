import { createClient } from '@tenuto/sdk';
import { throttle, watchClock } from './clock.ts';
import { doubt } from './connection.ts';
import { sendChange } from './lost-answers.ts';
import {
  currentSession,
  noteSignedOut,
  readSession,
  sessionStore,
  untilSignedIn,
} from './session.ts';

/** The server that this page came from, through the cookie of the browser. */
export const client = createClient({
  baseUrl: location.origin,
  fetch: cookieFetch,
  // The page asks again by itself, and says meanwhile that nothing comes.
  retry: { maxAttempts: 1 },
});

/** Rights that were taken away are looked for no more often than this. */
const RIGHTS_MS = 15_000;
const rights = throttle(RIGHTS_MS, () => void readSession());

function cookieFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  return (init.method ?? 'GET') === 'GET' ? read(input, init) : change(input, init);
}

/** What is read when a session has ended is read once its owner has signed in again. */
async function read(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
  await untilSignedIn(init.signal);
  const asked = currentSession();
  const response = await send(input, init);
  if (response.status === 403) rights.ask();
  if (response.status !== 401 || asked === undefined) return response;
  // One who has signed in meanwhile is not out because of what was asked before.
  if (currentSession() === asked) noteSignedOut();
  return sessionStore.get().kind === 'out' ? response : read(input, init);
}

/** A change is for people to repeat: nothing is done by itself in a session that has begun since. */
async function change(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
  const asked = currentSession();
  const ask = (token: string | undefined) =>
    sendChange(String(input), init, {
      who: asked?.principal,
      send: (keyed) => send(input, withCsrf(keyed, token)),
    });
  const response = await ask(asked?.csrf_token);
  if (response.status === 401 && currentSession() === asked) noteSignedOut();
  if (response.status !== 403) return response;
  // The same person may have signed in anew in another tab: the cookie is another one by now.
  await readSession();
  const state = sessionStore.get();
  // Somebody else has: nothing is done in their name.
  if (state.kind !== 'in') return new Response(null, { status: 401 });
  const renewed = state.session.csrf_token;
  return renewed === asked?.csrf_token ? response : ask(renewed);
}

async function send(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
  const learn = watchClock();
  try {
    const response = await fetch(input, init);
    learn(response.headers.get('date'));
    if (response.status >= 502) doubt();
    return response;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) doubt();
    throw error;
  }
}

function withCsrf(init: RequestInit, csrf: string | undefined): RequestInit {
  if (csrf === undefined) return init;
  const headers = new Headers(init.headers);
  headers.set('x-csrf-token', csrf);
  return { ...init, headers };
}
