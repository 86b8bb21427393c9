import { openApiStore } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { JOBS, startApi, startOwnApi, type TestApi } from './server.ts';

const AGENTS = '/api/v1/agents';
const TOKENS = '/api/v1/tokens';
const SYSTEM = 'system';
/** A wait ends as soon as what it is for is there. */
const PATIENT = { timeout: 60_000 };

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

let made = 0;
const freshName = () => {
  made += 1;
  return `agent-${made}`;
};

async function anAgent(changes: object = {}, token?: string) {
  const body = { name: freshName(), scopes: ['jobs:read', 'jobs:write'], ...changes };
  const answer = await api.call(AGENTS, { body, ...(token !== undefined && { token }) });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
}

async function credentialOf(agentId: string, body: object = {}) {
  const answer = await api.call(`${AGENTS}/${agentId}/credentials`, { body });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
}

const signIn = (client_id: string, client_secret: string, more: object = {}) =>
  api.call(`${AGENTS}/auth/token`, {
    token: null,
    body: { grant_type: 'client_credentials', client_id, client_secret, ...more },
  });
const refresh = (refresh_token: string) =>
  api.call(`${AGENTS}/auth/refresh`, { token: null, body: { refresh_token } });
const statusWith = async (token: string) => (await api.call(JOBS, { token })).status;

describe('an agent', () => {
  it('is made, read, listed, changed and deleted', async () => {
    const agent = await anAgent({ webhook_url: 'https://a.example/hook', description: 'does' });
    expect(agent).toMatchObject({ status: 'active', version: 1, protected: false, owner: 'admin' });
    expect(agent.principal).toBe(`agent:${agent.name}`);
    const path = `${AGENTS}/${agent.agent_id}`;
    const read = await api.call(path);
    expect(read.body).toEqual(agent);
    expect(read.headers.get('etag')).toBe('"1"');
    const listed = await api.call(`${AGENTS}?name=${agent.name}&scope=jobs:read&status=active`);
    expect(listed.body.items).toEqual([agent]);
    const body = { name: agent.name, scopes: ['jobs:read'], status: 'disabled' };
    const changed = await api.call(path, { method: 'PUT', body, headers: { 'if-match': '"1"' } });
    expect([changed.status, changed.body.version, changed.body.status]).toEqual([
      200,
      2,
      'disabled',
    ]);
    const stale = await api.call(path, { method: 'PUT', body, headers: { 'if-match': '"1"' } });
    expect(stale.status).toBe(412);
    expect((await api.call(path, { method: 'DELETE' })).status).toBe(200);
    expect((await api.call(path)).status).toBe(404);
    const again = await api.call(AGENTS, { body: { name: agent.name.toUpperCase(), scopes: [] } });
    expect([again.status, again.body.error_code]).toEqual([409, 'conflict']);
    const { rows } = await api.pool.query(
      'select action from audit where subject = $1 order by audit_id',
      [agent.agent_id],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'agent.created',
      'agent.updated',
      'agent.deleted',
    ]);
  });

  it('is made once under a key, by however many requests', async () => {
    const body = { name: freshName(), scopes: [] };
    const headers = { 'idempotency-key': 'once' };
    const answers = await Promise.all([1, 2, 3].map(() => api.call(AGENTS, { body, headers })));
    const again = await api.call(AGENTS, { body, headers });
    const ids = [...answers, again].map(({ body: { agent_id: id } }) => id).filter(Boolean);
    expect(new Set(ids).size).toBe(1);
    expect(again.status).toBe(201);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    const other = await api.call(AGENTS, { body: { ...body, scopes: ['jobs:read'] }, headers });
    expect([other.status, other.body.error_code]).toEqual([422, 'idempotency_mismatch']);
  });

  it('keeps its name', async () => {
    const { agent_id: id } = await anAgent();
    const answer = await api.call(`${AGENTS}/${id}`, {
      method: 'PUT',
      body: { name: freshName(), scopes: [] },
    });
    expect(answer.status).toBe(422);
  });

  it('gets no more than its maker has, when it is made or later', async () => {
    const maker = await api.token('mona', ['agents:read', 'agents:write', 'jobs:read']);
    const body = { name: freshName(), scopes: ['jobs:read', 'admin'] };
    const denied = await api.call(AGENTS, { token: maker, body });
    expect([denied.status, denied.body.detail]).toEqual([403, expect.stringContaining('admin')]);
    const agent = await anAgent({ scopes: ['jobs:read'] }, maker);
    const path = `${AGENTS}/${agent.agent_id}`;
    const more = { name: agent.name, scopes: ['jobs:read', 'jobs:write'] };
    expect((await api.call(path, { token: maker, method: 'PUT', body: more })).status).toBe(403);
    expect((await api.call(path, { method: 'PUT', body: more })).status).toBe(200);
    const key = await api.call(`${path}/credentials`, { token: maker, body: {} });
    expect(key.body.scopes).toEqual(['jobs:read']);
    const all = { scopes: ['jobs:write'] };
    expect((await api.call(`${path}/credentials`, { token: maker, body: all })).status).toBe(403);
    const own = { name: 'x', agent_id: agent.agent_id, ...all };
    expect((await api.call(TOKENS, { token: maker, body: own })).status).toBe(403);
  });

  it('is not there for somebody else', async () => {
    const { agent_id: id } = await anAgent();
    const eve = await api.token('eve', ['agents:read', 'agents:write']);
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/credentials'],
      ['POST', '/credentials'],
    ] as const) {
      const answer = await api.call(`${AGENTS}/${id}${path}`, { token: eve, method });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    expect((await api.call(AGENTS, { token: eve })).body.total).toBe(0);
    expect((await api.call(TOKENS, { token: eve, body: { name: 'x', agent_id: id } })).status).toBe(
      404,
    );
  });

  it('cannot delete or demote itself', async () => {
    const agent = await anAgent({ scopes: ['admin'] });
    const { token } = (await api.call(TOKENS, { body: { name: 't', agent_id: agent.agent_id } }))
      .body;
    const path = `${AGENTS}/${agent.agent_id}`;
    const gone = await api.call(path, { token, method: 'DELETE' });
    expect([gone.status, gone.body.error_code]).toEqual([400, 'protected_principal']);
    for (const change of [{ scopes: [] }, { scopes: ['admin'], status: 'disabled' }]) {
      const body = { name: agent.name, ...change };
      const { status, body: said } = await api.call(path, { token, method: 'PUT', body });
      expect([status, said.detail]).toEqual([400, expect.stringContaining('Nobody')]);
    }
  });

  it('of the server itself stays as it is', async () => {
    const { items } = (await api.call(`${AGENTS}?name=${SYSTEM}`)).body;
    const path = `${AGENTS}/${items[0].agent_id}`;
    expect((await api.call(path, { method: 'DELETE' })).status).toBe(400);
    const body = { name: SYSTEM, scopes: ['admin'] };
    expect((await api.call(path, { method: 'PUT', body })).status).toBe(400);
  });

  it('that is disabled is let in nowhere from that moment on', async () => {
    const agent = await anAgent();
    const { token } = (await api.call(TOKENS, { body: { name: 't', agent_id: agent.agent_id } }))
      .body;
    const { client_id, client_secret } = await credentialOf(agent.agent_id);
    const granted = (await signIn(client_id, client_secret)).body;
    expect([await statusWith(token), await statusWith(granted.access_token)]).toEqual([200, 200]);
    const put = (status: string) =>
      api.call(`${AGENTS}/${agent.agent_id}`, {
        method: 'PUT',
        body: { name: agent.name, scopes: agent.scopes, status },
      });
    await put('disabled');
    expect([await statusWith(token), await statusWith(granted.access_token)]).toEqual([401, 401]);
    expect((await signIn(client_id, client_secret)).status).toBe(401);
    expect((await refresh(granted.refresh_token)).status).toBe(401);
    await put('active');
    expect(await statusWith(token)).toBe(200);
  });

  it('is seen', async () => {
    const agent = await anAgent();
    const { token } = (await api.call(TOKENS, { body: { name: 't', agent_id: agent.agent_id } }))
      .body;
    expect(agent.last_seen_at).toBeNull();
    const me = await api.call(`${AGENTS}/me`, { token });
    expect(me.body).toMatchObject({ principal: agent.principal, kind: 'agent', via: 'token' });
    const one = `${AGENTS}/${agent.agent_id}`;
    const seen = async () => (await api.call(one)).body.last_seen_at;
    await vi.waitFor(async () => expect(await seen()).not.toBeNull(), PATIENT);
  });
});

describe('client credentials', () => {
  it('are exchanged for a short token with at most the scopes of both', async () => {
    const agent = await anAgent();
    const key = await credentialOf(agent.agent_id, { scopes: ['jobs:read'] });
    const { rows } = await api.pool.query(
      `select row_to_json(c)::text as row from agent_credentials c where client_id = $1`,
      [key.client_id],
    );
    expect(rows[0].row).not.toContain(key.client_secret);
    const granted = await signIn(key.client_id, key.client_secret);
    expect([granted.status, granted.body.scope]).toEqual([200, 'jobs:read']);
    expect(granted.headers.get('cache-control')).toBe('no-store');
    expect(granted.body.expires_in).toBeLessThanOrEqual(600);
    expect(await statusWith(granted.body.access_token)).toBe(200);
    const more = await signIn(key.client_id, key.client_secret, { scope: 'jobs:read jobs:write' });
    expect(more.status).toBe(403);
    const me = await api.call(`${AGENTS}/me`, { token: granted.body.access_token });
    expect(me.body).toMatchObject({ via: 'access', scopes: ['jobs:read'] });
  });

  it('that are wrong are all told the same', async () => {
    const agent = await anAgent();
    const { client_id, client_secret } = await credentialOf(agent.agent_id);
    const wrong = [
      await signIn(client_id, `${client_secret}x`),
      await signIn(client_id, client_secret.slice(0, -1)),
      await signIn('tnc_nobody', client_secret),
    ];
    expect(wrong.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(new Set(wrong.map(({ body }) => body.detail)).size).toBe(1);
  });

  it('may be several, and each is revoked with all that came of it', async () => {
    const agent = await anAgent();
    const [one, two] = [await credentialOf(agent.agent_id), await credentialOf(agent.agent_id)];
    const [a, b] = [
      (await signIn(one.client_id, one.client_secret)).body,
      (await signIn(two.client_id, two.client_secret)).body,
    ];
    const path = `${AGENTS}/${agent.agent_id}/credentials`;
    const revoked = await api.call(`${path}/${one.credential_id}`, { method: 'DELETE' });
    expect(revoked.body.revoked_at).not.toBeNull();
    expect([await statusWith(a.access_token), await statusWith(b.access_token)]).toEqual([
      401, 200,
    ]);
    expect((await refresh(a.refresh_token)).status).toBe(401);
    expect((await signIn(one.client_id, one.client_secret)).status).toBe(401);
    expect((await api.call(path)).body.items).toHaveLength(2);
  });
});

describe('a refresh token', () => {
  async function signedIn() {
    const agent = await anAgent();
    const { client_id, client_secret } = await credentialOf(agent.agent_id);
    return { agent, granted: (await signIn(client_id, client_secret)).body };
  }

  it('is good for one use, and a second one ends all that came of it', async () => {
    const { agent, granted } = await signedIn();
    const next = await refresh(granted.refresh_token);
    expect(next.status).toBe(200);
    expect(await statusWith(next.body.access_token)).toBe(200);
    const stolen = await refresh(granted.refresh_token);
    expect([stolen.status, stolen.body.detail]).toEqual([401, expect.stringContaining('before')]);
    expect(await statusWith(next.body.access_token)).toBe(401);
    expect((await refresh(next.body.refresh_token)).status).toBe(401);
    const { rows } = await api.pool.query(
      `select action from audit where subject = $1 order by audit_id desc limit 1`,
      [agent.agent_id],
    );
    expect(rows[0].action).toBe('agent.tokens_revoked');
  });

  it('that is used by many at once is good for one of them', async () => {
    const { granted } = await signedIn();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => refresh(granted.refresh_token)),
    );
    const good = answers.filter(({ status }) => status === 200);
    expect(good).toHaveLength(1);
    expect(await statusWith(good[0]?.body.access_token)).toBe(401);
  });

  it.each(['access_token', 'refresh_token'])('is revoked by its %s', async (which) => {
    const { granted } = await signedIn();
    const revoke = (token: string) =>
      api.call(`${AGENTS}/auth/revoke`, { token: null, body: { token } });
    expect((await revoke(granted[which])).body).toEqual({ revoked: true });
    expect(await statusWith(granted.access_token)).toBe(401);
    expect((await refresh(granted.refresh_token)).status).toBe(401);
    expect((await revoke('tnr_nothing')).body).toEqual({ revoked: true });
  });
});

describe('an API token', () => {
  it('is made, listed and revoked, and ends when it was said to', async () => {
    const bob = await api.token('bob', ['agents:read', 'agents:write', 'jobs:read']);
    const body = { name: 'ci', scopes: ['jobs:read'], expires_at: '2099-01-01T00:00:00Z' };
    const token = await api.call(TOKENS, { token: bob, body });
    expect(token.body).toMatchObject({
      principal: 'bob',
      scopes: ['jobs:read'],
      created_by: 'bob',
    });
    expect(token.body.token).toMatch(/^tnt_[\w-]{43}$/);
    expect(await statusWith(token.body.token)).toBe(200);
    const listed = await api.call(`${TOKENS}?live=true`, { token: bob });
    expect(listed.body.items).toHaveLength(2);
    expect(listed.text).not.toContain(token.body.token);
    const path = `${TOKENS}/${token.body.token_id}`;
    expect((await api.call(path, { token: bob, method: 'DELETE' })).body.revoked_at).not.toBeNull();
    expect((await api.call(`${TOKENS}?live=true`, { token: bob })).body.items).toHaveLength(1);
    const past = { ...body, expires_at: '2020-01-01T00:00:00Z' };
    expect((await api.call(TOKENS, { token: bob, body: past })).status).toBe(422);
    const more = { name: 'x', scopes: ['admin'] };
    expect((await api.call(TOKENS, { token: bob, body: more })).status).toBe(403);
  });

  it('makes none that lives longer than itself', async () => {
    const short = { name: 'short', expires_at: new Date(Date.now() + 3_600_000).toISOString() };
    const { token, expires_at } = (await api.call(TOKENS, { body: short })).body;
    const child = await api.call(TOKENS, { token, body: { name: 'child' } });
    expect(child.body.expires_at).toBe(expires_at);
  });

  it('is not made by a short access token, and neither is a credential', async () => {
    const agent = await anAgent({ scopes: ['agents:write', 'agents:read'] });
    const { client_id, client_secret } = await credentialOf(agent.agent_id);
    const { access_token: token } = (await signIn(client_id, client_secret)).body;
    expect((await api.call(TOKENS, { token, body: { name: 'x' } })).status).toBe(403);
    const path = `${AGENTS}/${agent.agent_id}/credentials`;
    expect((await api.call(path, { token, body: {} })).status).toBe(403);
  });

  it('is not made by the session of a short access token either', async () => {
    const agent = await anAgent({ scopes: ['agents:write', 'agents:read'] });
    const { client_id, client_secret } = await credentialOf(agent.agent_id);
    const { access_token } = (await signIn(client_id, client_secret)).body;
    const session = { method: 'POST', token: access_token } as const;
    const begun = await api.call('/api/v1/auth/session', session);
    const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? '';
    const headers = { cookie, 'x-csrf-token': begun.body.csrf_token };
    const made = await api.call(TOKENS, { token: null, headers, body: { name: 'x' } });
    expect(made.status).toBe(403);
    const path = `${AGENTS}/${agent.agent_id}/credentials`;
    expect((await api.call(path, { token: null, headers, body: {} })).status).toBe(403);
  });

  it('of somebody else is not there', async () => {
    const token = (await api.call(TOKENS, { body: { name: 'x' } })).body;
    const eve = await api.token('eve', ['agents:read', 'agents:write']);
    const path = `${TOKENS}/${token.token_id}`;
    expect((await api.call(path, { token: eve, method: 'DELETE' })).status).toBe(404);
  });

  it('of the last administrator stays, and is told to', async () => {
    const own = await startOwnApi();
    const { items } = (await own.call(TOKENS)).body;
    const answer = await own.call(`${TOKENS}/${items[0].token_id}`, { method: 'DELETE' });
    expect([answer.status, answer.body.error_code]).toEqual([400, 'protected_principal']);
    expect(answer.body.detail).toContain('another administrator first');
  });

  it('of the last administrator stays also when all are revoked at once', async () => {
    const own = await startOwnApi();
    for (const n of [1, 2, 3]) await own.call(TOKENS, { body: { name: `a${n}` } });
    const { rows } = await own.pool.query('select token_id from api_tokens');
    const stores = openApiStore(own.connection);
    const audit = { actor: 'a', action: 'token.revoked', subject: 's', details: {} };
    const access = { owner: 'a', all: true };
    const results = await Promise.all(
      rows.map(({ token_id: id }) => stores.tokens.revoke(access, id, audit)),
    );
    await stores.close();
    expect(results.sort()).toEqual(['last_admin', 'revoked', 'revoked', 'revoked']);
  });
});
