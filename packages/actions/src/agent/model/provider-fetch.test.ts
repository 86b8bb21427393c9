import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hostLookup } from '../../http/connector.ts';
import { guardedAgent } from '../../http/guarded-agent.ts';
import { providerAllow, providerFetch } from './provider-fetch.ts';

async function target() {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    if (request.url === '/away') response.writeHead(302, { location: 'http://127.0.0.1:9/' });
    response.end('hello');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${port}`, seen };
}

function fetchFor(baseUrls: readonly string[]) {
  const allow = providerAllow([], baseUrls);
  const agent = guardedAgent({ allow, lookup: hostLookup });
  onTestFinished(() => agent.destroy());
  return providerFetch(agent, allow);
}

describe('what providers are reached by', () => {
  it('reaches the host that the operator named, on its port', async () => {
    const { url } = await target();
    const answer = await fetchFor([`${url}/v1`])(`${url}/v1/models`);
    expect(await answer.text()).toBe('hello');
  });

  it('reaches no other private place', async () => {
    const { url, seen } = await target();
    const other = await target();
    await expect(fetchFor([other.url])(url)).rejects.toMatchObject({
      error: { type: 'ssrf_blocked' },
    });
    expect(seen).toEqual([]);
  });

  it('follows no redirect: a key goes nowhere else', async () => {
    const { url } = await target();
    await expect(fetchFor([url])(`${url}/away`)).rejects.toThrow();
  });
});
