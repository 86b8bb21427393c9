import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReaders } from '../src/auth/readers.ts';
import { systemClock } from '../src/system-clock.ts';
import { addLive } from './rows.ts';
import { aJob, JOB, JOBS, startApi, type TestApi } from './server.ts';

const TEAMS = '/api/v1/teams';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

describe('a team', () => {
  it('is made, read, changed and deleted by administrators', async () => {
    const body = { name: 'ops', members: ['zoe', 'agent:x'] };
    const made = await api.call(TEAMS, { body });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ principal: 'team:ops', members: ['agent:x', 'zoe'] });
    const path = `${TEAMS}/${made.body.team_id}`;
    expect((await api.call(path)).headers.get('etag')).toBe('"1"');
    expect((await api.call(TEAMS, { body: { name: 'OPS' } })).status).toBe(409);
    const put = (more: object, headers = {}) =>
      api.call(path, { method: 'PUT', body: { ...body, ...more }, headers });
    expect((await put({ members: ['zoe', 'yan'] })).body.members).toEqual(['yan', 'zoe']);
    expect((await put({}, { 'if-match': '"1"' })).status).toBe(412);
    expect((await put({ name: 'other' })).status).toBe(422);
    const zoe = await api.token('zoe', ['agents:read', 'agents:write']);
    expect((await api.call(path, { token: zoe })).body.members).toEqual(['yan', 'zoe']);
    expect((await api.call(path, { token: zoe, method: 'PUT', body })).status).toBe(403);
    expect((await api.call(TEAMS, { token: zoe })).body.total).toBe(1);
    const eve = await api.token('eve', ['agents:read']);
    expect((await api.call(path, { token: eve })).status).toBe(404);
    expect((await api.call(path, { method: 'DELETE' })).status).toBe(200);
    expect((await api.call(path)).status).toBe(404);
  });

  it('is made once under a key', async () => {
    const request = { body: { name: 'once' }, headers: { 'idempotency-key': 'team' } };
    const [first, again] = [await api.call(TEAMS, request), await api.call(TEAMS, request)];
    expect(again.body).toEqual(first.body);
    const other = await api.call(TEAMS, { ...request, body: { name: 'another' } });
    expect(other.status).toBe(422);
  });

  it('shares what it owns with its members, and nothing of theirs', async () => {
    await api.call(TEAMS, { body: { name: 'crew', members: ['ann', 'ben'] } });
    const scopes = ['jobs:read', 'jobs:write'];
    const [ann, ben, eve] = [
      await api.token('ann', scopes),
      await api.token('ben', scopes),
      await api.token('eve', scopes),
    ];
    const policy = (token: string, headers: Record<string, string> = {}) =>
      api.call('/api/v1/orchestration/retry-policies', {
        ...{ token, headers },
        body: { name: 'p', policy: {} },
      });
    const shared = (await policy(ann, { 'x-tenuto-team': 'crew' })).body;
    expect(shared.owner).toBe('team:crew');
    const own = (await policy(ann)).body;
    const read = (id: string, token: string) =>
      api.call(`/api/v1/orchestration/retry-policies/${id}`, { token });
    expect((await read(shared.policy_id, ben)).status).toBe(200);
    expect((await read(shared.policy_id, eve)).status).toBe(404);
    expect((await read(own.policy_id, ben)).status).toBe(404);
    const edit = await api.call(`/api/v1/orchestration/retry-policies/${shared.policy_id}`, {
      ...{ token: ben, method: 'PATCH', body: { description: 'ours' } },
    });
    expect(edit.body).toMatchObject({ updated_by: 'ben', owner: 'team:crew' });
    await addLive(api.pool, { owner: 'team:crew' });
    expect((await api.call(JOBS, { token: ben })).body.total).toBe(1);
    await api.call(JOB, { token: ben, body: aJob(), headers: { 'x-tenuto-team': 'crew' } });
    expect(api.engine.submitted.at(-1)).toMatchObject({ owner: 'team:crew', triggeredBy: 'ben' });
    expect((await policy(eve, { 'x-tenuto-team': 'crew' })).status).toBe(403);
    expect((await policy(ann, { 'x-tenuto-team': 'nowhere' })).status).toBe(403);
  });
});

describe('a JWT', () => {
  it('names teams of its subject, and is no way to be an agent or a team', async () => {
    const secret = Buffer.from('0b9f1c6e7d5a4f3e2d1c0b9a8f7e6d5c');
    const readers = createReaders({
      tokens: {
        candidates: async () => [],
        seen: async () => {},
        sessions: async () => [],
        teamsOf: async (principal) => (principal === 'user:ann' ? ['kept'] : []),
      },
      keys: { kind: 'secret', secret },
      ...{ jwt: {}, clock: systemClock },
    });
    const { SignJWT } = await import('jose');
    const read = async (claims: Record<string, unknown>) =>
      readers.jwt?.(
        await new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256' })
          .setExpirationTime('5m')
          .sign(secret),
      );
    const teams = ['qa', 'kept', 3, 'not a name', 'a/b'];
    expect((await read({ sub: 'ann', teams }))?.teams).toEqual(['qa', 'kept']);
    expect((await read({ sub: 'ann', teams: 'qa' }))?.teams).toEqual(['kept']);
    for (const sub of [
      'agent:deployer',
      'AGENT:x',
      'team:qa',
      'system',
      'loopback',
      '*',
      'admin',
    ]) {
      expect([sub, await read({ sub })]).toEqual([sub, undefined]);
    }
  });
});
