import { type Agent, fetch as guardedFetch } from 'undici';
import { judgeUrl } from '../../http/address-guard.ts';
import { type AllowList, parseAllowList } from '../../http/allow-list.ts';
import { blocked } from '../../http/failure.ts';

/**
 * The `fetch` that providers get: through the guard that all requests of runs go through. It follows
 * no redirects, so that a key goes nowhere but where the operator sends it.
 */
export function providerFetch(agent: Agent, allow: AllowList): typeof fetch {
  return async (address, init = {}) => {
    const url = address instanceof Request ? address.url : String(address);
    const verdict = judgeUrl(url, allow);
    if (!verdict.allowed) throw blocked(URL.parse(url)?.host ?? '', verdict.reason);
    const { signal, body, method = 'GET' } = init;
    const answer = await guardedFetch(url, {
      ...{ method, dispatcher: agent, redirect: 'error' },
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(signal != null && { signal }),
      ...(typeof body === 'string' && { body }),
    });
    return new Response(answer.body, {
      status: answer.status,
      statusText: answer.statusText,
      headers: Object.fromEntries(answer.headers),
    });
  };
}

/** Hosts that the operator has named as providers may be private, like those of `TENUTO_HTTP_ALLOW`. */
export function providerAllow(
  httpAllow: readonly string[],
  baseUrls: readonly string[],
): AllowList {
  const hosts = baseUrls.flatMap((url) => {
    const parsed = URL.parse(url);
    if (parsed === null) return [];
    const port = parsed.port || (parsed.protocol === 'https:' ? '443' : '80');
    return [`${parsed.hostname}:${port}`];
  });
  return parseAllowList([...httpAllow, ...hosts]);
}
