import {
  AgentListSchema,
  AgentSchema,
  ApiTokenListSchema,
  ApiTokenSchema,
  CredentialListSchema,
  CredentialSchema,
  MeSchema,
  NewApiTokenSchema,
  NewCredentialSchema,
  QuotaListSchema,
  QuotaSchema,
  QuotaUseSchema,
  RevokedSchema,
  TeamListSchema,
  TeamSchema,
  TokenGrantSchema,
} from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';

afterEach(closeServers);

const ROOT = '/api/v1';
const always = (body: object) => connect(() => ({ status: 200, body }));

describe('agents', () => {
  const agent = exampleOf(AgentSchema);
  const write = { name: 'a', scopes: [] };

  it('are made, read, listed, replaced and removed', async () => {
    const { client, server } = await always(agent);
    const { create, get, replace, remove } = client.agents;
    expect(await create(write)).toEqual(agent);
    expect(await get('x')).toEqual(agent);
    await replace('x', write, { version: 3 });
    await remove('x');
    expect(
      server.seen.map(({ method, url, headers }) => [method, url, headers['if-match']]),
    ).toEqual([
      ['POST', `${ROOT}/agents`, undefined],
      ['GET', `${ROOT}/agents/x`, undefined],
      ['PUT', `${ROOT}/agents/x`, '"3"'],
      ['DELETE', `${ROOT}/agents/x`, undefined],
    ]);
    const list = await always(exampleOf(AgentListSchema));
    await list.client.agents.list({ name: 'a', status: 'active', scope: 'admin' }).first();
    expect(list.server.seen[0]?.url).toBe(`${ROOT}/agents?name=a&status=active&scope=admin`);
  });

  it('sign in, get the next token, and sign out', async () => {
    const grant = exampleOf(TokenGrantSchema);
    const { client, server } = await always(grant);
    expect(await client.agents.signIn({ client_id: 'i', client_secret: 's' })).toEqual(grant);
    expect(await client.agents.refresh('r')).toEqual(grant);
    const out = await always(exampleOf(RevokedSchema));
    expect(await out.client.agents.signOut('t')).toEqual({ revoked: true });
    expect([...server.seen, ...out.server.seen].map(({ url, body }) => [url, body])).toEqual([
      [
        `${ROOT}/agents/auth/token`,
        { grant_type: 'client_credentials', client_id: 'i', client_secret: 's' },
      ],
      [`${ROOT}/agents/auth/refresh`, { refresh_token: 'r' }],
      [`${ROOT}/agents/auth/revoke`, { token: 't' }],
    ]);
  });

  it('get credentials, once shown, and lose them', async () => {
    const made = await always(exampleOf(NewCredentialSchema));
    const { client_secret } = await made.client.agents.addCredential('x', { name: 'n' });
    expect(client_secret).toMatch(/^tns_/);
    const list = await always(exampleOf(CredentialListSchema));
    await list.client.agents.credentials('x').first();
    const gone = await always(exampleOf(CredentialSchema));
    await gone.client.agents.revokeCredential('x', 'y');
    expect(gone.server.seen[0]).toMatchObject({
      ...{ method: 'DELETE', url: `${ROOT}/agents/x/credentials/y` },
    });
  });

  it('know who they are', async () => {
    const { client } = await always(exampleOf(MeSchema));
    expect((await client.agents.me()).principal).toBe('ana');
  });
});

describe('API tokens', () => {
  it('are made, listed and revoked', async () => {
    const made = await always(exampleOf(NewApiTokenSchema));
    expect((await made.client.tokens.create({ name: 'ci' })).token).toMatch(/^tnt_/);
    const list = await always(exampleOf(ApiTokenListSchema));
    await list.client.tokens.list({ live: true }).first();
    expect(list.server.seen[0]?.url).toBe(`${ROOT}/tokens?live=true`);
    const gone = await always(exampleOf(ApiTokenSchema));
    expect((await gone.client.tokens.revoke('t')).name).toBe('ci');
  });
});

describe('teams and quotas', () => {
  it('are kept by administrators', async () => {
    const teams = await always(exampleOf(TeamSchema));
    await teams.client.teams.create({ name: 'qa', members: ['ana'] });
    await teams.client.teams.get('t');
    await teams.client.teams.replace('t', { name: 'qa' }, { version: 1 });
    await teams.client.teams.remove('t');
    expect(teams.server.seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'PUT', 'DELETE']);
    await (await always(exampleOf(TeamListSchema))).client.teams.list().first();
    const quotas = await always(exampleOf(QuotaSchema));
    await quotas.client.quotas.put('agent:x', { runs_per_day: 1 });
    await quotas.client.quotas.get('*');
    await quotas.client.quotas.remove('agent:x');
    expect(quotas.server.seen.map(({ url }) => url)).toEqual([
      `${ROOT}/quotas/agent%3Ax`,
      `${ROOT}/quotas/*`,
      `${ROOT}/quotas/agent%3Ax`,
    ]);
    await (await always(exampleOf(QuotaListSchema))).client.quotas.list().first();
    const own = await (await always(exampleOf(QuotaUseSchema))).client.quotas.me();
    expect(own.used.runs_today).toBe(12);
  });
});
