import { createRunIds } from '@tenuto/engine';
import { openApiStore } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localCounters } from '../src/limits/counters.ts';
import { createQuotaGate } from '../src/services/quota-gate.ts';
import { systemClock, systemRandom } from '../src/system-clock.ts';
import { addLive } from './rows.ts';
import { aJob, JOB, startApi, type TestApi } from './server.ts';

const QUOTAS = '/api/v1/quotas';
const NONE = {
  ...{ runsPerDay: null, concurrentRuns: null, storageBytes: null, eventsPerMinute: null },
  ...{ nanoUsdPerDay: null, nanoUsdPerMonth: null },
};

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const put = (principal: string, body: object, headers = {}) =>
  api.call(`${QUOTAS}/${encodeURIComponent(principal)}`, { method: 'PUT', body, headers });
const submit = (token?: string, headers = {}) =>
  api.call(JOB, { body: aJob(), headers, ...(token !== undefined && { token }) });

describe('a quota', () => {
  it('is made, read, changed and deleted', async () => {
    const made = await put('agent:x', { runs_per_day: 3 });
    expect([made.status, made.body.version]).toEqual([201, 1]);
    const path = `${QUOTAS}/agent%3Ax`;
    expect((await api.call(path)).body).toMatchObject({ runs_per_day: 3, concurrent_runs: null });
    expect(
      (await put('agent:x', { concurrent_runs: 1 }, { 'if-match': '"1"' })).body,
    ).toMatchObject({
      ...{ runs_per_day: null, concurrent_runs: 1, version: 2 },
    });
    expect((await put('agent:x', {}, { 'if-match': '"1"' })).status).toBe(412);
    expect((await put('nobody', {}, { 'if-match': '"1"' })).status).toBe(412);
    expect((await api.call(QUOTAS)).body.items).toHaveLength(1);
    expect((await api.call(path, { method: 'DELETE' })).status).toBe(200);
    expect((await api.call(path)).status).toBe(404);
    const cursor = Buffer.from('["\\u0000"]').toString('base64url');
    expect((await api.call(`${QUOTAS}?cursor=${cursor}`)).status).toBe(400);
    const ann = await api.token('ann', ['jobs:write']);
    expect((await api.call(QUOTAS, { token: ann })).status).toBe(403);
  });

  it('of runs a day is told with what is left of it, and with what to do', async () => {
    await put('dan', { runs_per_day: 2 });
    const dan = await api.token('dan', ['jobs:write']);
    expect([(await submit(dan)).status, (await submit(dan)).status]).toEqual([202, 202]);
    const { status, body, headers } = await submit(dan);
    expect([status, body.error_code]).toEqual([429, 'quota_exceeded']);
    expect(body.detail).toContain('00:00 UTC');
    expect(body.remedy).toContain('administrator');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    const me = await api.call(`${QUOTAS}/me`, { token: dan });
    expect(me.body).toMatchObject({ principal: 'dan', runs_per_day: 2, used: { runs_today: 2 } });
    const use = (token?: string, of = 'dan') =>
      api.call(`${QUOTAS}/${encodeURIComponent(of)}/use`, token === undefined ? {} : { token });
    expect((await use()).body).toEqual(me.body);
    expect([(await use(dan)).status, (await use(undefined, '*')).status]).toEqual([403, 404]);
    expect((await use(undefined, 'user:eve')).body).toMatchObject({
      ...{ principal: 'user:eve', runs_per_day: null, used: { runs_today: 0, usd_today: 0 } },
    });
  });

  it('does not count what a key has submitted before', async () => {
    await put('kim', { runs_per_day: 5 });
    const kim = await api.token('kim', ['jobs:write']);
    api.engine.answers.push({ duplicate: true });
    await submit(kim, { 'idempotency-key': 'k' });
    expect((await api.call(`${QUOTAS}/me`, { token: kim })).body.used.runs_today).toBe(0);
  });

  it('of runs at once counts those that are not over', async () => {
    await put('carl', { concurrent_runs: 2 });
    const carl = await api.token('carl', ['jobs:write']);
    const runId = await addLive(api.pool, { owner: 'carl' });
    await addLive(api.pool, { owner: 'carl' });
    expect((await submit(carl)).body.error_code).toBe('quota_exceeded');
    await api.pool.query('delete from run_live where run_id = $1', [runId]);
    expect((await submit(carl)).status).toBe(202);
  });

  it('for everybody holds who has none of their own, and no administrator', async () => {
    await put('*', { runs_per_day: 0 });
    await put('rich', { runs_per_day: 10 });
    const [poor, rich] = [
      await api.token('poor', ['jobs:write']),
      await api.token('rich', ['jobs:write']),
    ];
    expect((await submit(poor)).status).toBe(429);
    expect((await submit(rich)).status).toBe(202);
    expect((await submit()).status).toBe(202);
    await api.call(`${QUOTAS}/*`, { method: 'DELETE' });
    expect((await submit(poor)).status).toBe(202);
  });

  it('of storage refuses runs while it is used up', async () => {
    await put('sam', { storage_bytes: 10 });
    const sam = await api.token('sam', ['jobs:write']);
    expect((await submit(sam)).status).toBe(202);
    const runId = await addLive(api.pool, { owner: 'sam' });
    const stores = openApiStore(api.connection);
    const { makePartitions } = await import('@tenuto/store');
    await makePartitions(api.pool);
    await api.pool.query(
      `insert into artifacts (run_id, node, attempt, path, name, media_type, size_bytes, hash)
       values ($1, 0, 1, 'a', 'a', 'text/plain', 11, '')`,
      [runId],
    );
    expect(await stores.quotas.storage('sam')).toBe(11);
    const gate = createQuotaGate({
      ...{ quotas: stores.quotas, counters: localCounters(systemClock), clock: systemClock },
    });
    const make = async () => ({ duplicate: true }) as const;
    await expect(gate.submit({ owner: 'sam', admin: false }, make)).rejects.toMatchObject({
      ...{ code: 'quota_exceeded', message: expect.stringContaining('11 bytes of 10') },
    });
    await stores.close();
  });

  it('of events counts them by the minute', async () => {
    const limits = { ...NONE, eventsPerMinute: 10 };
    const gate = createQuotaGate({
      quotas: { find: async () => limits } as never,
      ...{ counters: localCounters(systemClock), clock: systemClock },
    });
    const charged = { owner: 'eve', admin: false };
    await gate.publish(charged, 6);
    await gate.publish(charged, 4);
    await expect(gate.publish(charged, 1)).rejects.toMatchObject({ code: 'quota_exceeded' });
  });
});

describe('many who submit at once, to several servers', () => {
  it('never have more runs than they may', async () => {
    const newId = createRunIds(systemClock, systemRandom);
    const servers = [1, 2, 3].map(() => {
      const stores = openApiStore(api.connection);
      const counters = localCounters(systemClock);
      const gate = createQuotaGate({ quotas: stores.quotas, counters, clock: systemClock });
      return { stores, gate };
    });
    await put('many', { concurrent_runs: 7, runs_per_day: 9 });
    const most: number[] = [];
    const make = async () => {
      const runId = await addLive(api.pool, { owner: 'many', runId: newId().text });
      const { rows } = await api.pool.query(
        `select count(*)::int as n from run_live where owner = 'many'`,
      );
      most.push(rows[0].n);
      return { duplicate: false, runId, status: 'queued' } as const;
    };
    const submits = Array.from({ length: 60 }, (_, i) =>
      servers[i % 3]?.gate.submit({ owner: 'many', admin: false }, make).then(
        () => 'let in',
        ({ code }) => code,
      ),
    );
    const answers = await Promise.all(submits);
    expect(answers.filter((answer) => answer === 'let in')).toHaveLength(7);
    expect(Math.max(...most)).toBe(7);
    expect(new Set(answers)).toEqual(new Set(['let in', 'quota_exceeded']));
    await api.pool.query(`delete from run_live where owner = 'many'`);
    const later = await Promise.all(
      servers.map(({ gate }) =>
        gate.submit({ owner: 'many', admin: false }, make).then(
          () => 'let in',
          ({ code }) => code,
        ),
      ),
    );
    expect(later.filter((answer) => answer === 'let in')).toHaveLength(2);
    for (const { stores } of servers) await stores.close();
  });
});
