/** The doctor over the API, on a real database. */
import { makePartitions } from '@tenuto/store';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addLive, addOver } from './rows.ts';
import { startApi, type TestApi } from './server.ts';

const DOCTOR = '/api/v1/doctor';
const REPAIR = `${DOCTOR}/repair`;

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await makePartitions(api.pool);
});
afterEach(async () => {
  await api.pool.query('delete from run_live');
  await api.pool.query('delete from runs');
});
afterAll(() => api[Symbol.asyncDispose]());

const NOBODY = '6f1c2a0e-8d43-4b57-9a4e-0c1d2e3f4a5b';
/** What rows that no engine has written are without. */
const UNAUDITED = 'missing_audit';

/** A run that is owned by an engine which is not there. */
const orphan = () =>
  addLive(api.pool, { status: 'running', startedAt: Date.now(), engine: NOBODY });

const found = (body: { checks: { name: string; count: number }[] }) =>
  body.checks.filter(({ count, name }) => count > 0 && name !== UNAUDITED).map(({ name }) => name);

describe('an examination', () => {
  it('of a store with nothing in it finds nothing', async () => {
    const { status, body } = await api.call(DOCTOR);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      verdict: 'ok',
      sample: { live_runs: 0, over_runs: 0, left_out: 0 },
    });
    expect(body.checks.length).toBeGreaterThan(30);
    expect(new Set(body.checks.map(({ verdict }: { verdict: string }) => verdict))).toEqual(
      new Set(['ok']),
    );
    expect(body.duration_ms).toBeGreaterThan(0);
    expect(Date.parse(body.examined_at)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('tells evidence, what it means and what can be done', async () => {
    const runId = await orphan();
    const { body } = await api.call(`${DOCTOR}?checks=orphan_lease`);
    expect(body).toMatchObject({
      verdict: 'error',
      checks: [
        {
          ...{ name: 'orphan_lease', invariant: 7, verdict: 'error', count: 1, more: false },
          meaning: 'The engine that owns a live run is there, and its fences stand.',
          evidence: [
            { subject: runId, detail: `is owned by engine ${NOBODY}, which is not there` },
          ],
          repair: expect.stringMatching(/^Releases the run/),
        },
      ],
    });
  });

  it('looks at as many runs as it is told to', async () => {
    for (let i = 0; i < 5; i += 1) await addOver(api.pool, { name: `job ${i}` });
    const { body } = await api.call(`${DOCTOR}?limit=3`);
    expect(body.sample.over_runs).toBe(3);
    expect((await api.call(`${DOCTOR}?deep=true`)).body.sample.over_runs).toBe(5);
  });

  it.each([
    ['checks=magic', '/checks'],
    ['limit=0', '/limit'],
    ['limit=1000000', '/limit'],
    ['deep=perhaps', '/deep'],
  ])('refuses %s', async (query, path) => {
    const { status, body } = await api.call(`${DOCTOR}?${query}`);
    expect([status, body.error_code]).toEqual([400, 'validation_failed']);
    expect(body.validation_errors[0].path).toBe(path);
  });
});

describe('a repair', () => {
  it('mends, tells the audit in whose name, and has nothing to do twice', async () => {
    const runId = await orphan();
    const { status, body } = await api.call(REPAIR, {
      body: { checks: ['orphan_lease'] },
      headers: { 'x-request-id': 'a-request' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      dry_run: false,
      found: { verdict: 'error' },
      repaired: [{ check: 'orphan_lease', count: 1 }],
      left: { verdict: 'ok' },
    });
    const { rows } = await api.pool.query(
      `select actor, subject, request_id, details from audit where action = 'doctor.repaired'`,
    );
    expect(rows).toEqual([
      {
        ...{ actor: 'admin', subject: runId, request_id: 'a-request' },
        details: expect.stringContaining('orphan_lease'),
      },
    ]);
    const [live] = (await api.pool.query('select engine, claim_key::int from run_live')).rows;
    expect(live).toEqual({ engine: null, claim_key: 0 });
    const again = await api.call(REPAIR, { body: {} });
    expect(again.body).toMatchObject({ repaired: [], left: null });
  });

  it('changes nothing when it is only tried', async () => {
    await orphan();
    const { body } = await api.call(REPAIR, { body: { dry_run: true } });
    expect(body).toMatchObject({ dry_run: true, repaired: [], left: null });
    expect(found(body.found)).toEqual(['orphan_lease']);
    const [live] = (await api.pool.query('select engine from run_live')).rows;
    expect(live).toEqual({ engine: NOBODY });
  });

  it('leaves alone what it is not asked for', async () => {
    await orphan();
    const { body } = await api.call(REPAIR, { body: { checks: ['stray_inbox'] } });
    expect(body.repaired).toEqual([]);
    expect(found((await api.call(DOCTOR)).body)).toEqual(['orphan_lease']);
  });

  it.each([
    { checks: ['magic'] },
    { checks: 'all' },
    { force: true },
  ])('refuses %j', async (body) => {
    const answer = await api.call(REPAIR, { body });
    expect([answer.status, answer.body.error_code]).toEqual([400, 'validation_failed']);
  });
});

describe('whoever is no administrator', () => {
  it('is refused, whatever other scopes they have', async () => {
    const token = await api.token('eve', [
      'jobs:read',
      'jobs:write',
      'audit:read',
      'runs:override',
    ]);
    for (const init of [{}, { method: 'POST', body: {} }]) {
      const path = 'body' in init ? REPAIR : DOCTOR;
      const { status, body } = await api.call(path, { ...init, token });
      expect([status, body.error_code]).toEqual([403, 'forbidden']);
    }
  });
});
