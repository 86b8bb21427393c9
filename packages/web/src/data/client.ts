import { createClient } from '@tenuto/sdk';
import { watchClock } from './clock.ts';
import { doubt } from './connection.ts';
import { sendChange } from './lost-answers.ts';
import { currentSession, noteSignedOut, readSession } from './session.ts';

/** The server that this page came from, through the cookie of the browser. */
export const client = createClient({
  baseUrl: location.origin,
  fetch: cookieFetch,
  // The page asks again by itself, and says meanwhile that nothing comes.
  retry: { maxAttempts: 1 },
});

async function cookieFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  if ((init.method ?? 'GET') === 'GET') return send(input, init);
  const { csrf_token: csrf, principal: who } = currentSession() ?? {};
  const change = (token: string | undefined) =>
    sendChange(String(input), init, { who, send: (keyed) => send(input, withCsrf(keyed, token)) });
  const response = await change(csrf);
  if (response.status !== 403) return response;
  // Somebody has signed in anew in another tab: the cookie is another one by now.
  await readSession();
  const renewed = currentSession()?.csrf_token;
  return renewed === csrf ? response : change(renewed);
}

async function send(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
  const learn = watchClock();
  try {
    const response = await fetch(input, init);
    learn(response.headers.get('date'));
    if (response.status === 401) noteSignedOut();
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
