/**
 * What the console may load and do: its own files, and nothing of anybody else's. Neither scripts
 * nor styles may stand in the page itself.
 */
export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Parts of the server that are no pages, at the root of its addresses. */
const NO_PAGES = /^\/(api|health|metrics|docs|mcp|hooks|assets|openapi\.json)(\/|$)/;

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly accept: string | undefined;
  /** `Sec-Fetch-Mode`, which browsers send and scripts cannot. */
  readonly mode: string | undefined;
}

/** Whether somebody has typed an address, followed a link to it, or loaded it anew. */
export function isNavigation({ method, url, accept, mode }: Asked): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return (
    (method === 'GET' || method === 'HEAD') &&
    (mode === undefined || mode === 'navigate') &&
    (accept ?? '').includes('text/html') &&
    !NO_PAGES.test(path) &&
    !/\.[a-z0-9]{1,8}$/i.test(path)
  );
}
