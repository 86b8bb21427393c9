import {
  type Agent,
  AgentSchema,
  ApiTokenSchema,
  AuditRowSchema,
  AuditVerdictSchema,
  CredentialSchema,
  MeSchema,
  NewApiTokenSchema,
  NewCredentialSchema,
} from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp } from '../../test/call.ts';
import { ok, page } from '../../test/pretend-api.ts';
import { EXIT } from '../index.ts';

afterAll(cleanUp);

function exampleOf(schema: object): ReturnType<typeof JSON.parse> {
  const examples: unknown = Reflect.get(schema, 'examples');
  return Array.isArray(examples) ? examples[0] : undefined;
}

const agent: Agent = exampleOf(AgentSchema);
const LIST = 'GET /api/v1/agents';
const ONE = 'GET /api/v1/agents/*';

describe('agents', () => {
  it('are listed', async () => {
    const { out, asked } = await call(
      ['agents', 'ls', '-n', 'dep', '-s', 'jobs:read', '--status', 'active'],
      { [LIST]: page([agent]) },
    );
    expect(out).toContain(`${agent.agent_id}  deployer  active  jobs:read jobs:write`);
    expect(asked[0]?.query).toEqual({
      name: 'dep',
      scope: 'jobs:read',
      status: 'active',
      limit: '20',
    });
  });

  it.each([
    [['agents', 'ls', '-s', 'everything'], 'is no scope'],
    [['agents', 'ls', '--status', 'gone'], 'active or disabled'],
    [['agents', 'create', 'x', '-s', 'root'], 'is no scope'],
  ])('are not asked for in words that nobody knows: %j', async (args, said) => {
    const { exitCode, err } = await call(args);
    expect([exitCode, err]).toEqual([EXIT.usage, expect.stringContaining(said)]);
  });

  it('are shown by name, with their credentials', async () => {
    const { out } = await call(['agents', 'show', 'deployer'], {
      [LIST]: page([{ ...agent, name: 'deployer-2', agent_id: 'x' }, agent]),
      'GET /api/v1/agents/*/credentials': page([exampleOf(CredentialSchema)]),
    });
    expect(out).toContain('deployer is active\n');
    expect(out).toContain('tnc_Zk1x0vJ3bq8sYw2nT5rLpA');
    const none = await call(['agents', 'show', 'nobody'], { [LIST]: page([agent]) });
    expect([none.exitCode, none.err]).toEqual([EXIT.refused, 'There is no agent "nobody".\n']);
  });

  it('say so when they may do nothing', async () => {
    const { out } = await call(['agents', 'create', 'deployer'], {
      'POST /api/v1/agents': ok({ ...agent, scopes: [] }),
    });
    expect(out).toContain('none: it may do nothing');
  });

  it('are made, disabled and deleted', async () => {
    const made = await call(['agents', 'create', 'deployer', '-s', 'jobs:read', '-d', 'does'], {
      'POST /api/v1/agents': ok(agent),
    });
    expect(made.asked[0]?.body).toEqual({
      name: 'deployer',
      scopes: ['jobs:read'],
      description: 'does',
    });
    const changes = {
      [ONE]: ok(agent),
      'PUT /api/v1/agents/*': ok({ ...agent, status: 'disabled' }),
    };
    const off = await call(['agents', 'disable', agent.agent_id], changes);
    expect(off.out).toContain('deployer is disabled');
    expect(off.asked[1]?.headers['if-match']).toBe('"1"');
    expect(off.asked[1]?.body).toMatchObject({ name: 'deployer', status: 'disabled' });
    const gone = await call(['agents', 'rm', agent.agent_id], {
      ...{ [ONE]: ok(agent), 'DELETE /api/v1/agents/*': ok(agent) },
    });
    expect(gone.out).toBe('Deleted deployer.\n');
  });

  it('get a secret that is shown once, and lose it', async () => {
    const { out, err } = await call(
      ['agents', 'add-credential', agent.agent_id, '-n', 'n', '-s', 'jobs:read'],
      { [ONE]: ok(agent), 'POST /api/v1/agents/*/credentials': ok(exampleOf(NewCredentialSchema)) },
    );
    expect(out).toMatch(/^client id {6}tnc_\S+\nclient secret {2}tns_\S+\n$/);
    expect(err).toContain('once');
    const revoked = await call(['agents', 'revoke-credential', agent.agent_id, 'c'], {
      [ONE]: ok(agent),
      'DELETE /api/v1/agents/*/credentials/*': ok(exampleOf(CredentialSchema)),
    });
    expect(revoked.out).toContain('Revoked tnc_');
  });

  it('know who they are', async () => {
    const { out } = await call(['agents', 'me'], {
      'GET /api/v1/agents/me': ok(exampleOf(MeSchema)),
    });
    expect(out).toContain('ana\n  kind       user\n');
  });
});

describe('tokens', () => {
  it('are listed, made and revoked', async () => {
    const listed = await call(['tokens', 'ls', '--agent', agent.agent_id], {
      ...{ [ONE]: ok(agent), 'GET /api/v1/tokens': page([exampleOf(ApiTokenSchema)]) },
    });
    expect(listed.out).toContain('ci');
    expect(listed.asked[1]?.query).toEqual({ limit: '20', agent_id: agent.agent_id, live: 'true' });
    const made = await call(
      ['tokens', 'create', 'ci', '-s', 'jobs:read', '-e', '2099-01-01T00:00:00Z'],
      {
        'POST /api/v1/tokens': ok(exampleOf(NewApiTokenSchema)),
      },
    );
    expect(made.out).toBe('tnt_shown-once-and-never-again\n');
    expect(made.asked[0]?.body).toEqual({
      ...{ name: 'ci', scopes: ['jobs:read'], expires_at: '2099-01-01T00:00:00Z' },
    });
    const gone = await call(['tokens', 'revoke', 't'], {
      'DELETE /api/v1/tokens/*': ok(exampleOf(ApiTokenSchema)),
    });
    expect(gone.out).toBe('Revoked ci (…x9Qw).\n');
  });
});

describe('the audit', () => {
  it('is listed and exported', async () => {
    const row = exampleOf(AuditRowSchema);
    const listed = await call(['audit', 'list', '--actor', 'ana'], {
      'GET /api/v1/audit': page([row]),
    });
    expect(listed.out).toContain('ana    agent.created');
    expect(listed.asked[0]?.query).toEqual({ actor: 'ana', limit: '20' });
    const file = await call(['audit', 'export', '-f', 'csv'], {
      'GET /api/v1/audit/export': ok(row),
    });
    expect(JSON.parse(file.out)).toEqual(row);
    const wrong = await call(['audit', 'export', '-f', 'xml']);
    expect(wrong.exitCode).toBe(EXIT.usage);
  });

  it('is verified, and ends with 1 when something is wrong', async () => {
    const verdict = exampleOf(AuditVerdictSchema);
    const bad = await call(['audit', 'verify'], { 'GET /api/v1/audit/verify': ok(verdict) });
    expect(bad.exitCode).toBe(1);
    expect(bad.out).toContain('1 thing is wrong with the audit.');
    expect(bad.out).toContain('tampered');
    const sound = { ...verdict, valid: true, findings: [], findings_total: 0, unsealed: 0 };
    const good = await call(['audit', 'verify', '--known', '1:a'], {
      'GET /api/v1/audit/verify': ok(sound),
    });
    expect([good.exitCode, good.asked[0]?.query]).toEqual([EXIT.ok, { known: '1:a' }]);
    expect(good.out).toMatch(/^The audit is as it was sealed\.\n.*head {7}12:\S+\n$/s);
  });
});
