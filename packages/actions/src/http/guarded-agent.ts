import { Agent } from 'undici';
import type { AllowList } from './allow-list.ts';
import { guardedConnector, type Lookup } from './connector.ts';

/** Connections to one origin; more requests than that wait for a free one. */
const CONNECTIONS_PER_ORIGIN = 64;
const IDLE_CONNECTION_MS = 4_000;
const HEADER_BYTES = 32 * 1024;

/**
 * An undici agent that only reaches what the guard lets through. Whatever sends requests on behalf
 * of a run goes through one: `fetch(url, { dispatcher })` too, and each of its redirects. It has no
 * timeouts after connecting; callers pass a signal.
 */
export function guardedAgent(guard: { readonly allow: AllowList; readonly lookup: Lookup }): Agent {
  return new Agent({
    connect: guardedConnector(guard),
    connections: CONNECTIONS_PER_ORIGIN,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    keepAliveMaxTimeout: IDLE_CONNECTION_MS,
    maxHeaderSize: HEADER_BYTES,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
