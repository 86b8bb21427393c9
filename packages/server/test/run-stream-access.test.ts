/** Who may follow a run, from where, for how long, and how many at once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gate, type RealApi, startRealApi } from './real-api.ts';
import {
  type Followed,
  type FollowOptions,
  followEvents,
  followSocket,
} from './run-stream.fixture.ts';
import { ADMIN, startApiOn } from './server.ts';

const SOON = { timeout: 20_000, interval: 20 };
const FOREIGN = 'https://elsewhere.example';

let api: RealApi;
let runId: string;
const door = gate();
beforeAll(async () => {
  api = await startRealApi({ actions: { gated: door.action } });
  runId = await api.submit([{ id: 'a', uses: 'gated' }]);
});
afterAll(async () => {
  door.open();
  await api[Symbol.asyncDispose]();
});

const WAYS = [
  ['server-sent events', followEvents],
  ['a WebSocket', followSocket],
] as const;
type Follow = (url: string, runId: string, options?: FollowOptions) => Followed;

async function refused(follow: Follow, options: FollowOptions, id = runId) {
  const followed = follow(api.url, id, options);
  await followed.ended;
  expect(followed.entries).toEqual([]);
  return followed.code;
}

describe.each(WAYS)('following by %s', (_name, follow) => {
  it('needs credentials and their scope, and finds nothing that is somebody else’s', async () => {
    expect(await refused(follow, { token: 'tnt_nobody' })).toBe(401);
    const stranger = await api.token('stranger', ['runs:read']);
    expect(await refused(follow, { token: stranger })).toBe(404);
    const other = await api.token('other', ['jobs:read']);
    expect(await refused(follow, { token: other })).toBe(403);
    const none = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
    expect(await refused(follow, {}, none)).toBe(404);
    expect(await refused(follow, {}, 'no-id')).toBe(400);
  });

  it('takes no token from the address', async () => {
    const { status } = await api.call(`/api/v1/runs/${runId}/stream?token=${ADMIN}`, {
      token: null,
    });
    expect(status).toBe(401);
  });

  it('is not for pages of other sites, but for those of this host', async () => {
    expect(await refused(follow, { headers: { origin: FOREIGN } })).toBe(403);
    expect(await refused(follow, { headers: { origin: 'null' } })).toBe(403);
    const own = follow(api.url, runId, { headers: { origin: api.url } });
    await expect.poll(() => own.entries.length, SOON).toBeGreaterThanOrEqual(3);
    own.close();
  });

  it('ends within seconds once the token is revoked', async () => {
    const token = await api.token('admin', ['runs:read']);
    const followed = follow(api.url, runId, { token });
    await expect.poll(() => followed.entries.length, SOON).toBeGreaterThanOrEqual(3);
    await api.pool.query(
      `update api_tokens set revoked_at = clock_timestamp()
       where hash = sha256($1::text::bytea)`,
      [token],
    );
    await followed.ended;
    expect(followed.closed).toEqual({ type: 'close', reason: 'unauthorized', reconnect: false });
    if (follow === followSocket) expect(followed.code).toBe(4401);
  });
});

describe('following', () => {
  it('goes by the cookie of a browser, for pages of the same host', async () => {
    const { headers } = await api.call('/api/v1/auth/session', { method: 'POST', body: {} });
    const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
    for (const [, follow] of WAYS) {
      const followed = follow(api.url, runId, { headers: { cookie }, token: null });
      await expect.poll(() => followed.entries.length, SOON).toBeGreaterThanOrEqual(3);
      followed.close();
    }
  });

  it('is for allowed sites, too', async () => {
    const database = { connection: api.connection, drop: async () => undefined };
    const other = await startApiOn(database, { origins: [FOREIGN] });
    try {
      for (const [, follow] of WAYS) {
        const followed = follow(other.url, runId, { headers: { origin: FOREIGN } });
        await expect.poll(() => followed.entries.length, SOON).toBeGreaterThanOrEqual(3);
        followed.close();
      }
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });

  it('begins behind a number and nothing else', async () => {
    for (const after of ['x', '-1', '1.5', '9'.repeat(20)]) {
      const answer = await api.call(`/api/v1/runs/${runId}/stream?after=${after}`);
      expect([after, answer.status, answer.body.validation_errors[0].path]).toEqual([
        ...[after, 400, '/after'],
      ]);
    }
    const beyond = followSocket(api.url, runId, { after: 1_000 });
    await beyond.ended;
    expect([beyond.code, beyond.closed?.reason]).toEqual([4409, 'reset']);
  });

  it('is not opened without end by one owner', async () => {
    const many = Array.from({ length: 101 }, () => followSocket(api.url, runId));
    await expect
      .poll(() => many.filter(({ code }) => code === 429).length, SOON)
      .toBeGreaterThanOrEqual(1);
    for (const each of many) each.close();
    await expect
      .poll(async () => {
        const again = followSocket(api.url, runId);
        await expect.poll(() => again.code ?? again.entries.length, SOON).toBeGreaterThan(0);
        again.close();
        return again.code;
      }, SOON)
      .not.toBe(429);
  });

  it('ends with a word to come back when the server stops', async () => {
    const database = { connection: api.connection, drop: async () => undefined };
    const other = await startApiOn(database);
    const followers = WAYS.map(([, follow]) => follow(other.url, runId));
    for (const each of followers) {
      await expect.poll(() => each.entries.length, SOON).toBeGreaterThanOrEqual(3);
    }
    await other[Symbol.asyncDispose]();
    await Promise.all(followers.map(({ ended }) => ended));
    for (const { closed } of followers) {
      expect(closed).toEqual({ type: 'close', reason: 'draining', reconnect: true });
    }
    expect(followers[1]?.code).toBe(1012);
  });
});
