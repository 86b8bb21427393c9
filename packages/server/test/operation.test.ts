import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { HealthSchema } from '@tenuto/contract';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RATE_LIMITS } from '../src/plugins/limits.ts';
import { aJob, JOB, JOBS, startOwnApi } from './server.ts';

describe('health', () => {
  it('shows every component and names who asks', async () => {
    const api = await startOwnApi({ storeWarnings: () => ['fsync is off'] });
    const { status, body } = await api.call('/api/v1/orchestration/health');
    expect(status).toBe(200);
    expect(Compile(HealthSchema).Check(body)).toBe(true);
    expect(body).toMatchObject({
      status: 'degraded',
      authenticated_user: 'admin',
      checks: {
        store: { status: 'degraded', warnings: ['fsync is off'] },
        engine: { status: 'ok' },
      },
    });
    const anonymous = await api.call('/health', { token: null });
    expect(anonymous.body.authenticated_user).toBeUndefined();
    expect((await api.call('/health', { token: 'tnt_wrong' })).status).toBe(200);
  });

  it('is bad when the engine has stopped or the database is away', async () => {
    const api = await startOwnApi();
    api.engine.state = 'stopped';
    expect((await api.call('/health')).status).toBe(503);
    expect((await api.call('/health/ready')).body).toEqual({ status: 'down' });
    api.engine.state = 'running';
    const away = await startOwnApi({
      jobs: new Proxy({}, { get: () => () => Promise.reject(new Error('away')) }) as never,
    });
    const { status, body } = await away.call('/health', { token: null });
    expect([status, body.checks.store.status]).toEqual([503, 'down']);
  });
});

describe('measures', () => {
  it('are shown to this machine, to who has the scope, and to nobody else', async () => {
    const api = await startOwnApi();
    await api.call(JOBS);
    const local = await api.call('/metrics', { token: null });
    expect(local.status).toBe(200);
    expect(local.text).toMatch(
      /http_request_duration_seconds_count\{[^}]*route="\/api\/v1\/orchestration\/jobs"/,
    );
    expect(local.text).toContain('tenuto_owned_runs 0');
    const proxied = { 'x-forwarded-for': '203.0.113.7' };
    expect((await api.call('/metrics', { token: null, headers: proxied })).status).toBe(401);
    const token = await api.token('prometheus', ['metrics:read']);
    expect((await api.call('/metrics', { token, headers: proxied })).status).toBe(200);
    const other = await api.token('eve', ['jobs:read']);
    expect((await api.call('/metrics', { token: other })).status).toBe(403);
  });

  it('come in the format that is asked for', async () => {
    const api = await startOwnApi();
    const headers = { accept: 'application/openmetrics-text; version=1.0.0' };
    const open = await api.call('/metrics', { headers });
    expect(open.headers.get('content-type')).toContain('openmetrics-text');
    expect(open.text.trimEnd().endsWith('# EOF')).toBe(true);
    const plain = await api.call('/metrics');
    expect(plain.headers.get('content-type')).toContain('text/plain');
    expect(plain.text).not.toContain('# EOF');
  });
});

describe('limits', () => {
  const limits = { ...DEFAULT_RATE_LIMITS, submit: 3, read: 5 };

  it('count each principal in each group of routes', async () => {
    const api = await startOwnApi({ rateLimits: limits });
    const ann = await api.token('ann', ['jobs:read', 'jobs:write']);
    const bob = await api.token('bob', ['jobs:read', 'jobs:write']);
    const submit = (token: string) => api.call(JOB, { body: aJob(), token });
    for (let i = 0; i < 3; i += 1) expect((await submit(ann)).status).toBe(202);
    const refused = await submit(ann);
    expect([refused.status, refused.body.error_code]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('ratelimit-limit')).toBe('3');
    expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    expect((await submit(bob)).status).toBe(202);
    expect((await api.call(JOBS, { token: ann })).headers.get('ratelimit-remaining')).toBe('4');
  });

  it('are shared by the routes of a group', async () => {
    const api = await startOwnApi({ rateLimits: limits });
    const ann = await api.token('ann', ['jobs:read']);
    const none = `${JOB}/0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b`;
    for (const path of [JOBS, none, `${none}/nodes`, `${none}/history`, JOBS]) {
      expect((await api.call(path, { token: ann })).status).not.toBe(429);
    }
    expect((await api.call(`${none}/attempts`, { token: ann })).status).toBe(429);
  });

  it('do not hold administrators unless they are told to', async () => {
    const api = await startOwnApi({ rateLimits: limits });
    for (let i = 0; i < 10; i += 1) expect((await api.call(JOBS)).status).toBe(200);
    const strict = await startOwnApi({ rateLimits: { ...limits, admin: true } });
    for (let i = 0; i < 5; i += 1) await strict.call(JOBS);
    expect((await strict.call(JOBS)).status).toBe(429);
  });
});

describe('a caller who guesses tokens', () => {
  const rateLimits = { ...DEFAULT_RATE_LIMITS, failures: 5 };

  it('is not listened to for the rest of the minute, whatever it sends', async () => {
    const api = await startOwnApi({ rateLimits });
    const ann = await api.token('ann', ['jobs:read']);
    for (let i = 0; i < 5; i += 1) {
      expect((await api.call(JOBS, { token: `tnt_guess-${i}` })).status).toBe(401);
    }
    for (const token of ['tnt_guess', 'a.b.c', ann]) {
      const { status, body, headers } = await api.call(JOBS, { token });
      expect([status, body.error_code]).toEqual([429, 'rate_limited']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
      expect(headers.get('ratelimit-remaining')).toBe('0');
    }
    expect((await api.call(JOBS, { token: null })).status).toBe(401);
    const health = await api.call('/health', { token: ann });
    expect([health.status, health.body.authenticated_user]).toEqual([200, undefined]);
  });

  it('shuts out nobody at another address, and nobody who has come in before', async () => {
    const api = await startOwnApi({ rateLimits });
    const ann = await api.token('ann', ['jobs:read']);
    const bob = await api.token('bob', ['jobs:read']);
    expect((await api.call(JOBS, { token: ann })).status).toBe(200);
    for (let i = 0; i < 8; i += 1) await api.call(JOBS, { token: `tnt_guess-${i}` });
    expect((await api.call(JOBS, { token: bob })).status).toBe(429);
    expect((await api.call(JOBS, { token: ann })).status).toBe(200);
    expect(await statusFrom('127.0.0.2', api.url, bob)).toBe(200);
    expect(await statusFrom('127.0.0.2', api.url, 'tnt_guess')).toBe(401);
  });

  it('behind a trusted proxy is known by the address that the proxy names', async () => {
    const api = await startOwnApi({
      rateLimits,
      trusted: (address) => address.endsWith('127.0.0.1'),
    });
    const ann = await api.token('ann', ['jobs:read']);
    const from = (address: string) => ({ 'x-forwarded-for': `192.0.2.9, ${address}` });
    for (let i = 0; i < 6; i += 1) {
      await api.call(JOBS, { token: `tnt_guess-${i}`, headers: from('203.0.113.5') });
    }
    const guesser = await api.call(JOBS, { token: ann, headers: from('203.0.113.5') });
    expect(guesser.status).toBe(429);
    const other = await api.call(JOBS, { token: ann, headers: from('203.0.113.6') });
    expect(other.status).toBe(200);
  });

  it('is not counted for what is no guess', async () => {
    const api = await startOwnApi({ rateLimits });
    const eve = await api.token('eve', ['tasks:read']);
    for (let i = 0; i < 10; i += 1) {
      expect((await api.call(JOBS, { token: null })).status).toBe(401);
      expect((await api.call(JOBS, { token: eve })).status).toBe(403);
    }
    expect((await api.call(JOBS)).status).toBe(200);
  });
});

/** The status that a caller at one of this machine's own addresses gets. */
async function statusFrom(localAddress: string, url: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const request = get(`${url}${JOBS}`, { localAddress, headers });
  const [answer]: IncomingMessage[] = await once(request, 'response');
  answer?.resume();
  return answer?.statusCode ?? 0;
}

describe('other sites', () => {
  it('may call only when they are named', async () => {
    const closed = await startOwnApi();
    const headers = { origin: 'https://a.example' };
    const shut = await closed.call(JOBS, { headers });
    expect(shut.headers.get('access-control-allow-origin')).toBeNull();
    const open = await startOwnApi({ origins: ['https://a.example'] });
    const allowed = await open.call(JOBS, { headers });
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://a.example');
    const other = await open.call(JOBS, { headers: { origin: 'https://b.example' } });
    expect(other.headers.get('access-control-allow-origin')).not.toBe('https://b.example');
    const preflight = await open.call(JOB, {
      method: 'OPTIONS',
      token: null,
      headers: { ...headers, 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
  });
});

describe('a user that a proxy names', () => {
  it('is the actor when the proxy is trusted and nobody when it is not', async () => {
    const headers = { 'x-user-id': 'carol', 'x-user-email': 'carol@a.example' };
    const trusting = await startOwnApi({ trusted: (address) => address.endsWith('127.0.0.1') });
    await trusting.call(JOB, { body: aJob(), headers });
    expect(trusting.engine.submitted[0]).toMatchObject({ triggeredBy: 'carol', owner: 'admin' });
    const wary = await startOwnApi();
    await wary.call(JOB, { body: aJob(), headers });
    expect(wary.engine.submitted[0]?.triggeredBy).toBe('admin');
    expect((await wary.call(JOBS, { token: null, headers })).status).toBe(401);
  });
});
