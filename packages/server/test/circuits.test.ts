import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type TestApi } from './server.ts';

const CIRCUITS = '/api/v1/orchestration/circuits';

let api: TestApi;
let ann: string;
let eve: string;
beforeAll(async () => {
  api = await startApi();
  ann = await api.token('ann', ['jobs:read', 'jobs:write']);
  eve = await api.token('eve', ['jobs:read', 'jobs:write']);
});
afterAll(() => api[Symbol.asyncDispose]());

const at = (key: string, deed = '') => `${CIRCUITS}/${encodeURIComponent(key)}${deed}`;
const trip = (key: string, body: object = {}, token = ann) =>
  api.call(at(key, '/trip'), { method: 'POST', body, token });

describe('a circuit that is tripped by hand', () => {
  it('is open for as long as was said, whatever its key looks like', async () => {
    const key = 'http.request:api.example.com:8443/v1 ?#';
    const { status, body } = await trip(key, { duration_ms: 60_000, reason: 'maintenance' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ key, owner: 'ann', state: 'open', reason: 'maintenance', changed_by: 'ann', version: 1 },
    });
    const left = Date.parse(body.open_until) - Date.parse(body.updated_at);
    expect(Math.abs(left - 60_000)).toBeLessThan(10_000);
    expect((await api.call(at(key), { token: ann })).body).toMatchObject({ key, state: 'open' });
  });

  it('is closed when it is reset, with an audit row for each', async () => {
    await trip('payments');
    const { status, body } = await api.call(at('payments', '/reset'), {
      ...{ method: 'POST', body: { reason: 'well again' }, token: ann },
    });
    expect([status, body.state, body.open_until, body.version]).toEqual([200, 'closed', null, 2]);
    const { rows } = await api.pool.query(
      "select action, actor from audit where subject = 'payments' order by audit_id",
    );
    expect(rows).toEqual([
      { action: 'circuit.tripped', actor: 'ann' },
      { action: 'circuit.reset', actor: 'ann' },
    ]);
  });

  it('belongs to its owner: others do not see it, and trip one of their own', async () => {
    await trip('shared name');
    expect((await api.call(at('shared name'), { token: eve })).status).toBe(404);
    const reset = { method: 'POST', body: {}, token: eve };
    expect((await api.call(at('shared name', '/reset'), reset)).status).toBe(404);
    await trip('shared name', { duration_ms: 5 }, eve);
    expect((await api.call(at('shared name'), { token: ann })).body.owner).toBe('ann');
  });
});

describe('a circuit of a team', () => {
  it('is read and reset by its members, one’s own before it', async () => {
    await api.call('/api/v1/teams', { body: { name: 'crew', members: ['zoe'] } });
    const zoe = await api.token('zoe', ['jobs:read', 'jobs:write']);
    const headers = { 'x-tenuto-team': 'crew' };
    await api.call(at('ours', '/trip'), { method: 'POST', body: {}, token: zoe, headers });
    const reset = async (key: string, token = zoe) =>
      (await api.call(at(key, '/reset'), { method: 'POST', body: {}, token })).body;
    expect(await reset('ours', eve)).toMatchObject({ error_code: 'not_found' });
    expect(await reset('ours')).toMatchObject({ owner: 'team:crew', state: 'closed' });
    await trip('ours', {}, zoe);
    expect(await reset('ours')).toMatchObject({ owner: 'zoe', state: 'closed' });
  });
});

describe('the list of circuits', () => {
  it('is in the order of keys, by pages, and can be narrowed', async () => {
    for (const key of ['list:b', 'list:a', 'list:c']) await trip(key);
    await api.call(at('list:b', '/reset'), { method: 'POST', body: {}, token: ann });
    const list = async (query: string) =>
      (await api.call(`${CIRCUITS}?${query}`, { token: ann })).body;
    const first = await list('key=list%3A&limit=2');
    expect(first.items.map(({ key }: { key: string }) => key)).toEqual(['list:a', 'list:b']);
    const next = await list(`key=list%3A&limit=2&cursor=${first.next_cursor}`);
    expect(next.items.map(({ key }: { key: string }) => key)).toEqual(['list:c']);
    expect((await list('key=list%3A&state=open')).total).toBe(2);
  });

  it('refuses a cursor that none has given', async () => {
    const cursor = Buffer.from(JSON.stringify(['a\0b', 'c'])).toString('base64url');
    expect((await api.call(`${CIRCUITS}?cursor=${cursor}`, { token: ann })).status).toBe(400);
  });
});

describe('what is wrong', () => {
  it.each([
    [{ duration_ms: 0 }, 400],
    [{ forever: true }, 400],
  ])('%j is refused', async (body, status) => {
    expect((await trip('x', body)).status).toBe(status);
  });

  it('is a circuit that nothing has ever used', async () => {
    expect((await api.call(at('nothing'), { token: ann })).status).toBe(404);
  });
});
