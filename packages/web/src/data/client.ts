import { createClient } from '@tenuto/sdk';
import { noteAway } from './connection.ts';
import { currentSession, noteSignedOut, readSession } from './session.ts';

/** The server that this page came from, through the cookie of the browser. */
export const client = createClient({
  baseUrl: location.origin,
  fetch: cookieFetch,
  // The page asks again by itself, and says meanwhile that nothing comes.
  retry: { maxAttempts: 1 },
});

async function cookieFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const changes = (init.method ?? 'GET') !== 'GET';
  const csrf = currentSession()?.csrf_token;
  const response = await send(input, withCsrf(init, changes ? csrf : undefined));
  if (response.status === 401) noteSignedOut();
  if (response.status === 503) noteAway('starting');
  if (response.status !== 403 || !changes) return response;
  // Somebody has signed in anew in another tab: the cookie is another one by now.
  await readSession();
  const renewed = currentSession()?.csrf_token;
  return renewed === csrf ? response : send(input, withCsrf(init, renewed));
}

async function send(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(input, init);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) noteAway('silent');
    throw error;
  }
}

function withCsrf(init: RequestInit, csrf: string | undefined): RequestInit {
  if (csrf === undefined) return init;
  const headers = new Headers(init.headers);
  headers.set('x-csrf-token', csrf);
  return { ...init, headers };
}
