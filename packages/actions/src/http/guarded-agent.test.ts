import { fetch } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAllowList } from './allow-list.ts';
import { guardedAgent } from './guarded-agent.ts';
import { resolveTo, serve, serveAnswer } from './http.fixture.ts';

const openAgent = (allow: readonly string[], ...addresses: string[]) => {
  const { lookup } = resolveTo(...addresses);
  const dispatcher = guardedAgent({ allow: parseAllowList(allow), lookup });
  onTestFinished(() => dispatcher.destroy());
  return dispatcher;
};

describe('guardedAgent', () => {
  it('lends its guard to fetch, for names and for literals', async () => {
    const url = await serve((_request, response) => response.end('inside'));
    const { port } = new URL(url);
    const dispatcher = openAgent([], '127.0.0.1');
    for (const target of [url, `http://[::ffff:127.0.0.1]:${port}/`, `http://a.example:${port}/`]) {
      await expect(fetch(target, { dispatcher }), target).rejects.toMatchObject({
        cause: { error: { type: 'ssrf_blocked' } },
      });
    }
    const allowed = openAgent(['a.example'], '127.0.0.1');
    const answer = await fetch(`http://a.example:${port}/`, { dispatcher: allowed });
    expect(await answer.text()).toBe('inside');
  });

  it('stands at the redirects that fetch follows by itself', async () => {
    const inside = await serve((_request, response) => response.end('inside'));
    const url = await serveAnswer(302, { location: inside });
    const dispatcher = openAgent([new URL(url).host]);
    await expect(fetch(url, { dispatcher })).rejects.toMatchObject({
      cause: { error: { type: 'ssrf_blocked' } },
    });
  });
});
