/** Tasks that events fire, from the publish to the run. */
import { randomBytes } from 'node:crypto';
import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RealApi, startRealApi } from './real-api.ts';

const EVENTS = '/api/v1/events';
const TASKS = '/api/v1/tasks';

let api: RealApi;
beforeAll(async () => {
  api = await startRealApi();
  await makePartitions(api.pool);
});
afterAll(() => api[Symbol.asyncDispose]());

const publish = async (topic: string, payload: unknown, more: object = {}) =>
  (await api.call(EVENTS, { body: { topic, payload, ...more } })).body.details;

async function task(over: object, token?: string): Promise<string> {
  const body = {
    title: 'on an event',
    schedule_kind: 'event',
    schedule_expr: 'orders.*',
    payload: { pipeline: [{ id: 'echo', uses: 'echo', with: { got: '${event.payload}' } }] },
    ...over,
  };
  const answer = await api.call(TASKS, { body, ...(token !== undefined && { token }) });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body.task_id;
}
const firings = async (taskId: string) =>
  (await api.call(`${TASKS}/${taskId}/firings?limit=100`)).body.items;
const runs = async (taskId: string) =>
  (await api.call(`${TASKS}/${taskId}/runs?limit=100`)).body.items;

describe('an event', () => {
  it('tells which tasks it was for, and what came of it', async () => {
    const fired = await task({ title: 'at once', schedule_expr: 'told.a' });
    const gathers = { schedule_expr: 'told.*', debounce_seconds: 3_600 };
    const waits = await task({ title: 'later', ...gathers });
    await task({ title: 'of others', schedule_expr: 'told.b' });
    const { event_id: id } = await publish('told.a', { n: 1 });
    const { body } = await api.call(`${EVENTS}/${id}`);
    expect(body).toMatchObject({ event_id: id, topic: 'told.a', payload: { n: 1 } });
    const { body: told } = await api.call(`${EVENTS}/${id}/tasks`);
    expect(told.items).toMatchObject([
      { task_id: fired, title: 'at once', firing: { outcome: 'fired', event_id: id } },
      { task_id: waits, title: 'later', firing: null },
    ]);
    const runId = told.items[0].firing.run_id;
    expect((await runs(fired)).map((run: { run_id: string }) => run.run_id)).toEqual([runId]);
    await api.ends(runId);
    const { body: list } = await api.call(`${TASKS}?title=at%20once&last_runs=3`);
    expect(list.items[0].last_runs).toEqual([{ run_id: runId, status: 'completed' }]);
    expect((await api.call(TASKS)).body.items[0]).not.toHaveProperty('last_runs');
  });

  it('that is not there has no tasks', async () => {
    const none = `${EVENTS}/01900000-0000-7000-8000-000000000000`;
    expect((await api.call(none)).status).toBe(404);
    expect((await api.call(`${none}/tasks`)).status).toBe(404);
  });
});

describe('a task of kind event', () => {
  it('fires in the transaction of the event, once, and sees it', async () => {
    const id = await task({ filter: 'event.payload.amount > 10' });
    expect((await publish('orders.new', { amount: 1 })).triggered_tasks).toBe(0);
    const published = await publish('orders.new', { amount: 11 }, { dedupe_id: 'd' });
    expect(published.triggered_tasks).toBe(1);
    const again = await publish('orders.new', { amount: 11 }, { dedupe_id: 'd' });
    expect(again.triggered_tasks).toBe(1);
    const [fired, ...others] = await firings(id);
    expect(others).toEqual([]);
    expect(fired).toMatchObject({ outcome: 'fired', event_id: published.event_id });
    const run = await api.ends(fired.run_id);
    expect(run.status).toBe('completed');
    expect((await api.node(fired.run_id, 'echo')).output).toEqual({ got: { amount: 11 } });
  });

  it('hears nothing while it is made, changed, cancelled or deleted otherwise', async () => {
    const id = await task({ schedule_expr: 'life.a' });
    const path = `${TASKS}/${id}`;
    expect((await publish('life.a', 1)).triggered_tasks).toBe(1);
    await api.call(path, { method: 'PATCH', body: { schedule_expr: 'life.b' } });
    expect((await publish('life.a', 1)).triggered_tasks).toBe(0);
    expect((await publish('life.b', 1)).triggered_tasks).toBe(1);
    await api.call(`${path}/cancel`, { method: 'POST' });
    expect((await publish('life.b', 1)).triggered_tasks).toBe(0);
  });

  it.each([
    ['that cannot be told', '${event.payload.k}', { other: 1 }, 2],
    ['with a NUL', "${'\\u0000'}", {}, 1],
    ['that is long', '${event.payload.k}', { k: randomBytes(20_000).toString('base64') }, 1],
  ])('keeps nobody from publishing by a dedupe_key %s', async (word, key, payload, runsMade) => {
    const topic = `dedupe.${word.replaceAll(' ', '-')}`;
    const dedupe = { dedupe_key: key, dedupe_window_seconds: 60 };
    const id = await task({ schedule_expr: topic, ...dedupe });
    for (let times = 0; times < 2; times += 1) {
      const { status } = await api.call(EVENTS, { body: { topic, payload } });
      expect(status).toBe(202);
    }
    expect(await firings(id)).toHaveLength(2);
    expect(await runs(id)).toHaveLength(runsMade);
  });

  it('hears nothing of others', async () => {
    const ann = await api.token('ann', ['tasks:create', 'tasks:read']);
    await task({ schedule_expr: 'others.#' }, ann);
    expect((await publish('others.a', 1)).triggered_tasks).toBe(0);
  });

  it('gets a batch as one run', async () => {
    const id = await task({
      schedule_expr: 'batch.*',
      batch: { max_events: 3, max_wait_seconds: 600 },
      payload: {
        pipeline: [{ id: 'echo', uses: 'echo', with: { n: '${size(event.events)}' } }],
      },
    });
    for (let i = 0; i < 3; i += 1) await publish('batch.x', i);
    await expect.poll(async () => (await runs(id)).length, { timeout: 60_000 }).toBe(1);
    const [run] = await runs(id);
    await api.ends(run.run_id);
    expect((await api.node(run.run_id, 'echo')).output).toEqual({ n: 3 });
  });

  it('fires once for each of a hundred events that come at once', async () => {
    const id = await task({ schedule_expr: 'many.*' });
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, i) => publish(`many.${i % 5}`, i)),
    );
    const fired = await firings(id);
    expect(fired).toHaveLength(100);
    expect(new Set(fired.map((one: { event_id: string }) => one.event_id))).toEqual(
      new Set(all.map(({ event_id }) => event_id)),
    );
    expect(new Set(fired.map((one: { run_id: string }) => one.run_id)).size).toBe(100);
  });
});

describe('a task of kind condition', () => {
  it('fires when an event makes it true, and not for the others', async () => {
    const id = await task({
      schedule_kind: 'condition',
      schedule_expr: 'event.topic == "level" && event.payload > 5',
    });
    const triggered: number[] = [];
    for (const level of [1, 6, 7, 2, 8])
      triggered.push((await publish('level', level)).triggered_tasks);
    expect(triggered).toEqual([0, 1, 0, 0, 1]);
    expect(await runs(id)).toHaveLength(2);
  });
});
