/** When tokens were last let in: noted now and then, while no request waits for it. */
import { openApiStore } from '@tenuto/store';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { createHashReader, hashOf } from '../src/auth/api-tokens.ts';
import { startApi, type TestApi } from './server.ts';

const TOKENS = '/api/v1/tokens';
/** A wait ends as soon as what it is for is there. */
const PATIENT = { timeout: 60_000 };

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

/** When a token was last used, as its owner is told. */
async function usedAt(tokenId: string): Promise<string | null> {
  const { items } = (await api.call(`${TOKENS}?limit=100`)).body;
  return items.find((one: { token_id: string }) => one.token_id === tokenId).last_used_at;
}

it('a token says when it was last used, to a minute', async () => {
  const body = { name: 'ci', scopes: ['runs:read'] };
  const { token_id: id, token, last_used_at: first } = (await api.call(TOKENS, { body })).body;
  expect([first, await usedAt(id)]).toEqual([null, null]);
  await api.call('/api/v1/runs', { token });
  await vi.waitFor(async () => expect(await usedAt(id)).not.toBeNull(), PATIENT);
  const noted = await usedAt(id);
  // Whatever a server remembers: the row is not written a second time within a minute.
  const store = openApiStore(api.connection);
  onTestFinished(() => store.close());
  await store.tokens.seen({ tokenId: id, agentId: null });
  expect(await usedAt(id)).toBe(noted);
  await api.pool.query(
    `update api_tokens set last_used_at = now() - interval '2 minutes' where token_id = $1`,
    [id],
  );
  await store.tokens.seen({ tokenId: id, agentId: null });
  expect(Date.parse((await usedAt(id)) ?? '')).toBeGreaterThan(Date.now() - 60_000);
});

/** As a store answers of a token of an agent, which is asked for at each request. */
const hash = hashOf('tnt_x');
const FOUND = {
  ...{ tokenId: 'a', hash, subject: 'ann', name: 'x', scopes: [], expiresAt: null },
  ...{ agentId: 'b', isAccess: false, teams: [] },
};

it('is noted once a minute however many requests come, and none waits for it', async () => {
  const noted: string[] = [];
  let mono = 0;
  const read = createHashReader({
    clock: { mono: () => mono },
    tokens: {
      candidates: async () => [FOUND],
      seen: ({ tokenId }) => {
        noted.push(tokenId);
        // The database is away: it never answers.
        return new Promise(() => undefined);
      },
    },
  });
  for (mono = 0; mono < 60_000; mono += 1_000) expect((await read(hash))?.owner).toBe('ann');
  expect(noted).toEqual(['a']);
  mono = 60_001;
  await read(hash);
  expect(noted).toEqual(['a', 'a']);
});

it('is noted again soon where it could not be written', async () => {
  let tries = 0;
  const seen = async () => {
    tries += 1;
    throw new Error('away');
  };
  const read = createHashReader({
    clock: { mono: () => 0 },
    tokens: { candidates: async () => [FOUND], seen },
  });
  await read(hash);
  await vi.waitFor(async () => {
    await read(hash);
    expect(tries).toBeGreaterThan(1);
  }, PATIENT);
});
