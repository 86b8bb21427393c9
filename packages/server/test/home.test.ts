/** The overview in one answer: every part of it by real things, and who is told what. */
import { randomUUID } from 'node:crypto';
import { makePartitions } from '@tenuto/store';
import { failed } from '@tenuto/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_RATE_LIMITS } from '../src/plugins/limits.ts';
import { addLive, addOver, type RunRow } from './rows.ts';
import { startApi, type TestApi } from './server.ts';
import { aQuietTask, startTaskApi, TASKS } from './task-api.ts';

const HOME = '/api/v1/home';
const READS = ['runs:read', 'jobs:read', 'tasks:read'];

let api: TestApi;
beforeAll(async () => {
  const rateLimits = { ...DEFAULT_RATE_LIMITS, task: Number.MAX_SAFE_INTEGER };
  api = await startApi({ rateLimits });
  await makePartitions(api.pool);
});
afterAll(() => api[Symbol.asyncDispose]());

const home = async (token?: string) =>
  (await api.call(HOME, token === undefined ? {} : { token })).body;

let names = 0;
/** Somebody of whom nothing is known yet. */
async function someone(scopes: readonly string[] = [...READS, 'tasks:create', 'runs:write']) {
  names += 1;
  const owner = `person-${names}`;
  return { owner, token: await api.token(owner, scopes) };
}

async function aTask(token: string, over: object = {}): Promise<string> {
  const body = {
    ...aQuietTask(),
    payload: { pipeline: [{ id: 'a', uses: 'sleep.for' }] },
    ...over,
  };
  const answer = await api.call(TASKS, { token, body });
  expect(answer.status, answer.text).toBe(201);
  return answer.body.task_id;
}

async function trip(token: string, key: string): Promise<void> {
  await api.call(`/api/v1/orchestration/circuits/${key}/trip`, { token, body: {} });
}

describe('the overview', () => {
  it('says of an empty store that it is one', async () => {
    const { token } = await someone();
    const { health, stats, ...rest } = await home(token);
    expect(health).toMatchObject({ status: 'ok', checks: { store: { status: 'ok' } } });
    expect(stats).toMatchObject({ days: 30, total: 0, runs_per_hour: [] });
    const none = { items: [], total: 0 };
    expect(rest).toEqual({
      ...{ has_runs: false, running: none, failures: none, failing_tasks: none },
      ...{ circuits: none, budgets: none, next: [] },
    });
  });

  it('has what runs, and what failed lately, with what went wrong', async () => {
    const { owner, token } = await someone();
    const runs = await addLive(api.pool, { owner, status: 'running', engine: randomUUID() });
    await addLive(api.pool, { owner });
    await addOver(api.pool, { owner });
    const error = { type: 'x', message: 'no paper' };
    const fails = await addOver(api.pool, { owner, status: 'failed', progress: { error } });
    await addOver(api.pool, { owner, status: 'failed', at: Date.now() - 2 * 86_400_000 });
    expect(await home(token)).toMatchObject({
      has_runs: true,
      running: { items: [{ run_id: runs, status: 'running' }], total: 1 },
      failures: { items: [{ run_id: fails, error: { message: 'no paper' } }], total: 1 },
    });
  });

  it('has circuits that are open, and budgets that are used up', async () => {
    const { owner, token } = await someone([...READS, 'runs:write', 'jobs:write']);
    await trip(token, 'mail.example');
    for (const subject of ['shop', 'other']) {
      const budget = { scope: 'profile', subject, usd: 2 };
      await api.call('/api/v1/budgets', { token, body: budget });
    }
    expect((await home(token)).budgets.total).toBe(0);
    await api.pool.query(
      `insert into budgets (budget_key, scope, owner, subject, spent_nano)
       values ('4/profile/' || $1 || '/shop', 'profile', $1, 'shop', 2000000000)`,
      [owner],
    );
    expect(await home(token)).toMatchObject({
      circuits: { items: [{ key: 'mail.example', state: 'open' }], total: 1 },
      budgets: { items: [{ subject: 'shop' }], total: 1 },
    });
  });
});

describe('what comes next', () => {
  it('is the first of all tasks, however many were made since', async () => {
    const { token } = await someone();
    const soon = await aTask(token, { title: 'soon', schedule_expr: '2090-01-01T00:00:00Z' });
    for (let at = 0; at < 100; at += 1) await aTask(token);
    const paused = await aTask(token, { schedule_expr: '2080-01-01T00:00:00Z' });
    await api.pool.query(`update tasks set status = 'paused' where task_id = $1`, [paused]);
    const { next } = await home(token);
    expect(next).toHaveLength(8);
    expect(next[0]).toEqual({
      ...{ task_id: soon, title: 'soon', next_fire_at: '2090-01-01T00:00:00.000Z' },
      schedule_description: expect.any(String),
    });
  });
});

describe('tasks that fail', () => {
  const run = (taskId: string, owner: string, over: Partial<RunRow> = {}) =>
    addOver(api.pool, { taskId, owner, status: 'failed', ...over });

  it('are those whose last run has failed, with how often that was', async () => {
    const { owner, token } = await someone();
    const [often, once, mended, gone] = [
      await aTask(token, { title: 'often' }),
      await aTask(token, { title: 'once' }),
      await aTask(token, { title: 'mended' }),
      await aTask(token, { title: 'gone' }),
    ];
    for (const status of ['failed', 'timeout', 'aborted']) await run(often, owner, { status });
    await run(once, owner, { status: 'completed' });
    await run(once, owner, { completedAt: Date.parse('2026-01-15T09:00:00Z') });
    await run(mended, owner);
    await run(mended, owner, { status: 'completed' });
    await run(gone, owner);
    await api.call(`${TASKS}/${gone}`, { method: 'DELETE', token });
    await api.pool.query('update tasks set deleted_at = now() where task_id = $1', [gone]);
    await run(once, owner, { at: Date.now() - 2 * 86_400_000 });
    const { failing_tasks: failing } = await home(token);
    expect(failing).toEqual({
      items: [
        { task_id: often, title: 'often', failures: 3, last_failed_at: expect.any(String) },
        { task_id: once, title: 'once', failures: 1, last_failed_at: '2026-01-15T09:00:00.000Z' },
      ],
      total: 2,
    });
  });
});

describe('who is told what', () => {
  it('others see nothing of it, teams their own', async () => {
    const { owner, token } = await someone([...READS, 'jobs:write', 'tasks:create']);
    await addLive(api.pool, { owner, status: 'running', engine: randomUUID() });
    await trip(token, 'shop.example');
    const task = await aTask(token);
    await addOver(api.pool, { owner, status: 'failed', taskId: task });
    const all = (answer: Awaited<ReturnType<typeof home>>) => [
      ...[answer.has_runs, answer.running.total, answer.failures.total, answer.circuits.total],
      ...[answer.failing_tasks.total, answer.next.length],
    ];
    expect(all(await home(token))).toEqual([true, 1, 1, 1, 1, 1]);
    expect(all(await home((await someone()).token))).toEqual([false, 0, 0, 0, 0, 0]);
    const mate = await someone();
    const { body } = await api.call('/api/v1/teams', {
      body: { name: 'a', members: [mate.owner] },
    });
    await addLive(api.pool, { owner: body.principal, status: 'running', engine: randomUUID() });
    expect(all(await home(mate.token))).toEqual([true, 1, 0, 0, 0, 0]);
    expect((await home()).running.total).toBeGreaterThan(1);
  });

  it('leaves out the parts that one may not read', async () => {
    const of = async (...scopes: string[]) => {
      const answer = await home((await someone(scopes)).token);
      return Object.keys(answer).filter((part) => answer[part] === null);
    };
    const runs = ['has_runs', 'stats', 'running', 'failures', 'failing_tasks'];
    expect(await of('runs:read')).toEqual(['circuits', 'next']);
    expect(await of('jobs:read')).toEqual([...runs, 'budgets', 'next']);
    expect(await of('tasks:read')).toEqual([...runs, 'circuits', 'budgets']);
    expect((await api.call(HOME, { token: null })).status).toBe(401);
  });
});

it('counts what a scheduler and an engine have made of tasks', async () => {
  const real = await startTaskApi({
    actions: {
      noop: () => ({ status: 'completed', output: null }),
      breaks: () => failed('permanent', 'out of paper'),
    },
  });
  const payload = { pipeline: [{ id: 'only', uses: 'breaks' }] };
  const task = await real.make({ ...aQuietTask(), title: 'prints', payload });
  await real.ask(task.task_id, 'run_now');
  const [firing] = await real.fires(task.task_id, 1);
  await real.over(String(firing?.run_id));
  const { body } = await real.call(HOME);
  expect(body).toMatchObject({
    failures: { items: [{ task_id: task.task_id, status: 'failed' }], total: 1 },
    failing_tasks: { items: [{ task_id: task.task_id, title: 'prints', failures: 1 }], total: 1 },
    next: [{ title: 'prints', next_fire_at: '2099-01-01T00:00:00.000Z' }],
  });
  await real[Symbol.asyncDispose]();
});
