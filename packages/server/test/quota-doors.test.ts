/** Every door by which events and runs come in keeps to the quota of whose they will be. */
import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApi, type TestApi } from './server.ts';

const EVENTS = '/api/v1/events';
const TASKS = '/api/v1/tasks';
const SCOPES = ['events:publish', 'events:read', 'tasks:create', 'tasks:read', 'tasks:update'];

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await makePartitions(api.pool);
});
afterAll(() => api[Symbol.asyncDispose]());

async function principal(name: string, quota: object): Promise<string> {
  await api.call(`/api/v1/quotas/${name}`, { method: 'PUT', body: quota });
  return api.token(name, SCOPES);
}
const publish = (token: string, topic = 't', headers = {}) =>
  api.call(EVENTS, { token, headers, body: { topic, payload: {} } });
const refused = { status: 429, body: { error_code: 'quota_exceeded' } };

it('events are counted by the minute, each of a batch and each that is published again', async () => {
  const token = await principal('ann', { events_per_minute: 4 });
  const event = { specversion: '1.0', id: '1', source: 's', type: 'b' };
  const headers = { 'content-type': 'application/cloudevents-batch+json' };
  const body = [event, { ...event, id: '2' }];
  expect((await api.call(EVENTS, { token, headers, body })).status).toBe(202);
  const once = { 'idempotency-key': 'k' };
  const first = await publish(token, 't', once);
  expect(first.status).toBe(202);
  // The answer of before costs nothing.
  for (let i = 0; i < 3; i += 1) expect((await publish(token, 't', once)).status).toBe(202);
  const path = `${EVENTS}/${first.body.details.event_id}/replay`;
  expect((await api.call(path, { method: 'POST', token })).status).toBe(202);
  const more = await publish(token);
  expect(more).toMatchObject(refused);
  expect(Number(more.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await api.call(path, { method: 'POST', token })).toMatchObject(refused);
  expect((await publish(await api.token('bob', SCOPES))).status).toBe(202);
});

it('what is posted to a webhook is counted as its owner’s', async () => {
  const token = await principal('wes', { events_per_minute: 1 });
  const body = { name: 'w', topic: 'posts', verify: 'none' };
  const { path } = (await api.call('/api/v1/webhooks', { token, body })).body;
  const post = () => api.call(path, { token: null, body: {} });
  expect((await post()).status).toBe(202);
  expect(await post()).toMatchObject(refused);
  expect(await publish(token)).toMatchObject(refused);
});

it('a team’s events are counted as the team’s, whoever publishes them', async () => {
  await api.call('/api/v1/teams', { body: { name: 'crew', members: ['zoe', 'yan'] } });
  await principal('team:crew', { events_per_minute: 1 });
  const headers = { 'x-tenuto-team': 'crew' };
  const [zoe, yan] = [await api.token('zoe', SCOPES), await api.token('yan', SCOPES)];
  expect((await publish(zoe, 't', headers)).status).toBe(202);
  expect(await publish(yan, 't', headers)).toMatchObject(refused);
  expect((await publish(yan)).status).toBe(202);
});

const pipeline = [{ id: 'a', uses: 'sleep.for' }];
async function task(token: string, over: object = {}): Promise<string> {
  const body = { title: 't', schedule_kind: 'event', payload: { pipeline }, ...over };
  const made = await api.call(TASKS, { token, body: { schedule_expr: 'go', ...body } });
  expect([made.status, made.text]).toEqual([201, made.text]);
  return made.body.task_id;
}
const ledger = async (token: string, id: string) =>
  (await api.call(`${TASKS}/${id}/firings`, { token })).body.items.map(
    ({ outcome, reason }: { outcome: string; reason: string | null }) => [outcome, reason],
  );

it('an event that fires a task beyond its quota is published, and the firing skipped', async () => {
  const token = await principal('eve', { runs_per_day: 1 });
  const id = await task(token);
  expect((await publish(token, 'go')).body.details.triggered_tasks).toBeDefined();
  expect((await publish(token, 'go')).status).toBe(202);
  expect(await ledger(token, id)).toEqual([
    ['skipped', 'quota'],
    ['fired', null],
  ]);
  const me = await api.call('/api/v1/quotas/me', { token });
  expect(me.body.used).toMatchObject({ runs_today: 1, concurrent_runs: 1 });
});

it('run_now and backfill are refused while there is no room, and make no more than there is', async () => {
  const token = await principal('tim', { runs_per_day: 3 });
  const id = await task(token, { schedule_kind: 'cron', schedule_expr: '0 * * * *' });
  const ask = (verb: string, body: object, headers = {}) =>
    api.call(`${TASKS}/${id}/${verb}`, { token, body, headers });
  const once = { 'idempotency-key': 'now' };
  const first = await ask('run_now', {}, once);
  expect(first.body.details.run_id).toBeTypeOf('string');
  const now = Date.now();
  const range = {
    from: new Date(now - 4 * 3_600_000).toISOString(),
    to: new Date(now).toISOString(),
  };
  const filled = await ask('backfill', range);
  expect(filled.body.message).toBe('2 runs have been made, 2 are skipped because of the quota.');
  expect(await ask('run_now', {})).toMatchObject(refused);
  expect(await ask('backfill', range)).toMatchObject(refused);
  expect((await ask('run_now', {}, once)).body.details.run_id).toBe(first.body.details.run_id);
});
