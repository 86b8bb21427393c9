import { TestListSchema, TestResultListSchema, TestSchema } from '@tenuto/contract';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type TestApi } from './server.ts';
import { addResults, reported, TESTS, testNamed } from './test-results.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const patch = (testId: string, body: unknown, init: object = {}) =>
  api.call(`${TESTS}/${testId}`, { method: 'PATCH', body, ...init });

describe('a list of tests', () => {
  it('has the flakiest first, as its schema says', async () => {
    await addResults(api, [
      reported('steady'),
      reported('shaky', { flaky: true, durationMs: 500 }),
      reported('broken', { status: 'failed', message: 'no' }),
    ]);
    const { body } = await api.call(TESTS);
    expect([...Compile(TestListSchema).Errors(body)]).toEqual([]);
    expect(body.items[0]).toMatchObject({
      ...{ name: 'shaky', flaky: true, last_flaky: true, last_status: 'passed' },
      ...{ runs: 1, flaky_passes: 1, clean_passes: 0, pass_rate: 1, duration_p95_ms: 500 },
    });
    const failed = await api.call(`${TESTS}?sort=last_failure&limit=1`);
    expect(failed.body.items).toMatchObject([
      { name: 'broken', pass_rate: 0, last_failure: { message: 'no' } },
    ]);
    expect((await api.call(`${TESTS}?sort=duration&limit=1`)).body.items[0].name).toBe('shaky');
  });

  it('is narrowed by every filter, and goes on by its cursor', async () => {
    await addResults(api, [
      reported('filter one', { suite: 'filtered', status: 'skipped' }),
      reported('filter two', { suite: 'filtered', flaky: true }),
      reported('other', { suite: 'filtered', status: 'error' }),
    ]);
    const names = async (query: string) => {
      const { status, body } = await api.call(`${TESTS}?suite=filtered&${query}`);
      expect(status).toBe(200);
      return body.items.map(({ name }: { name: string }) => name).toSorted();
    };
    expect(await names('')).toHaveLength(3);
    expect(await names('name=filter*')).toEqual(['filter one', 'filter two']);
    expect(await names('status=error,skipped')).toEqual(['filter one', 'other']);
    expect(await names('flaky=true')).toEqual(['filter two']);
    expect(await names('quarantined=true')).toEqual([]);
    expect(await names('owner=nobody')).toEqual([]);
    for (const sort of ['flake_score', 'duration', 'last_failure']) {
      const first = (await api.call(`${TESTS}?suite=filtered&limit=2&sort=${sort}`)).body;
      const cursor = encodeURIComponent(first.next_cursor);
      const rest = (await api.call(`${TESTS}?suite=filtered&sort=${sort}&cursor=${cursor}`)).body;
      const seen = [...first.items, ...rest.items].map(({ name }: { name: string }) => name);
      expect(seen.toSorted()).toEqual(['filter one', 'filter two', 'other']);
    }
    for (const bad of ['sort=name', 'status=broken', 'flaky=maybe', 'cursor=WzFd']) {
      expect((await api.call(`${TESTS}?${bad}`)).status).toBe(400);
    }
  });
});

describe('the history of a test', () => {
  it('has its results newest first, with branch and commit of their jobs', async () => {
    const hour = 3_600_000;
    const old = { at: Date.now() - hour, metadata: { branch: 'main', commit: 'c0ffee' } };
    const first = await addResults(api, [reported('told', { status: 'failed', message: 'm' })], {
      run: old,
    });
    const second = await addResults(api, [reported('told')]);
    const { test_id: id } = await testNamed(api, 'told');
    const { body } = await api.call(`${TESTS}/${id.toUpperCase()}/history`);
    expect([...Compile(TestResultListSchema).Errors(body)]).toEqual([]);
    expect(body.items).toMatchObject([
      { run_id: second, node_id: 'a', attempt: 1, status: 'passed', branch: null, commit: null },
      { run_id: first, status: 'failed', message: 'm', branch: 'main', commit: 'c0ffee' },
    ]);
    const page = (await api.call(`${TESTS}/${id}/history?limit=1`)).body;
    const cursor = encodeURIComponent(page.next_cursor);
    const next = (await api.call(`${TESTS}/${id}/history?cursor=${cursor}`)).body;
    expect(next.items).toMatchObject([{ run_id: first }]);
  });

  it('is not there for a test that is not, or is not one', async () => {
    const absent = '6f3a1b2c-7c3d-8e4f-8a5b-6c7d8e9f0a1b';
    for (const path of ['', '/history']) {
      expect((await api.call(`${TESTS}/${absent}${path}`)).status).toBe(404);
      expect((await api.call(`${TESTS}/nonsense${path}`)).status).toBe(400);
    }
  });
});

describe('a change of a test', () => {
  it('says who is in charge and that it is in quarantine, and is audited', async () => {
    await addResults(api, [reported('to change')]);
    const { test_id: id } = await testNamed(api, 'to change');
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const answer = await patch(id, { owner: 'team-a', quarantine: { reason: 'a port', until } });
    expect(answer.status).toBe(200);
    expect([...Compile(TestSchema).Errors(answer.body)]).toEqual([]);
    expect(answer.body).toMatchObject({
      ...{ owner: 'team-a', version: 2 },
      quarantine: { reason: 'a port', until, by: 'admin' },
    });
    expect(answer.headers.get('etag')).toBe('"2"');
    const { rows } = await api.pool.query('select action, details from audit where subject = $1', [
      id,
    ]);
    expect(rows).toMatchObject([{ action: 'test.updated' }]);
    expect(JSON.parse(rows[0].details)).toMatchObject({ quarantine: { reason: 'a port' } });
    const quarantined = (await api.call(`${TESTS}?quarantined=true&owner=team-a`)).body;
    expect(quarantined.items).toMatchObject([{ test_id: id }]);
    const out = await patch(id, { owner: null, quarantine: null });
    expect(out.body).toMatchObject({ owner: null, quarantine: null });
  });

  it('is refused when it is of another version, or makes no sense', async () => {
    await addResults(api, [reported('guarded')]);
    const { test_id: id } = await testNamed(api, 'guarded');
    const stale = await patch(id, { owner: 'x' }, { headers: { 'if-match': '"7"' } });
    expect([stale.status, stale.body.error_code]).toEqual([412, 'precondition_failed']);
    const fresh = await patch(id, { owner: 'x' }, { headers: { 'if-match': '"7", "1"' } });
    expect(fresh.status).toBe(200);
    const past = { quarantine: { reason: 'r', until: '2020-01-01T00:00:00Z' } };
    expect((await patch(id, past)).body).toMatchObject({
      ...{ status: 422, validation_errors: [{ path: '/quarantine/until' }] },
    });
    for (const bad of [{}, { owner: '' }, { quarantine: {} }, { colour: 'red' }]) {
      expect((await patch(id, bad)).status).toBe(400);
    }
    const never = { quarantine: { reason: 'r', until: '2030-02-30T00:00:00Z' } };
    expect((await patch(id, never)).status).toBe(400);
  });

  it('is for who may, and of tests of their own', async () => {
    const ann = await api.token('ann', ['jobs:read', 'jobs:write']);
    const reader = await api.token('ann', ['jobs:read']);
    const eve = await api.token('eve', ['jobs:read', 'jobs:write']);
    await addResults(api, [reported('of ann')], { run: { owner: 'ann' } });
    const { test_id: id } = await testNamed(api, 'of ann', ann);
    for (const path of ['', '/history']) {
      expect((await api.call(`${TESTS}/${id}${path}`, { token: eve })).status).toBe(404);
      expect((await api.call(`${TESTS}/${id}${path}`, { token: reader })).status).toBe(200);
    }
    expect((await api.call(TESTS, { token: eve })).body.total).toBe(0);
    expect((await patch(id, { owner: 'x' }, { token: eve })).status).toBe(404);
    expect((await patch(id, { owner: 'x' }, { token: reader })).status).toBe(403);
    expect((await patch(id, { owner: 'x' }, { token: ann })).status).toBe(200);
    expect((await patch(id, { owner: 'y' })).status).toBe(200);
  });
});
