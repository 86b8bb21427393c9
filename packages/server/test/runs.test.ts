/** Runs of all kinds, and what is done to many of them at once. */
import { randomUUID } from 'node:crypto';
import { makePartitions } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RUNS } from './real-api.ts';
import { addLive, addOver, aPhasedRow } from './rows.ts';
import { startApi, type TestApi } from './server.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await makePartitions(api.pool);
});
afterAll(() => api[Symbol.asyncDispose]());

const ids = (body: { items: { run_id: string }[] }) => body.items.map((item) => item.run_id);

describe('a run', () => {
  it('is told with what it was given and what it waits for', async () => {
    const scheduledAt = Date.now() + 3_600_000;
    const runId = await addLive(api.pool, { status: 'scheduled', scheduledAt, tags: ['x'] });
    const { status, body } = await api.call(`${RUNS}/${runId}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ run_id: runId, kind: 'job', name: 'a job', status: 'scheduled', success: null },
      ...{ params: {}, output: null, tags: ['x'], total_duration_seconds: null },
      waiting_for: { cause: 'scheduled', until: new Date(scheduledAt).toISOString() },
    });
    expect((await api.call(`${RUNS}/${randomUUID()}`)).status).toBe(404);
  });

  it('that is over is a success or not, and took so long', async () => {
    const startedAt = Date.now() - 5_000;
    const progress = { error: { type: 'x', message: 'the secret' } };
    const over = { startedAt, completedAt: startedAt + 2_500 };
    const good = await addOver(api.pool, over);
    const bad = await addOver(api.pool, { ...over, status: 'failed', progress });
    expect((await api.call(`${RUNS}/${good}`)).body).toMatchObject({
      ...{ success: true, total_duration_seconds: 2.5, error: null, waiting_for: null },
    });
    expect((await api.call(`${RUNS}/${bad}`)).body).toMatchObject({
      ...{ success: false, error: { type: 'x', message: 'the secret' } },
    });
  });
});

describe('the list of runs', () => {
  it('is of all runs for an administrator who asks for nothing else', async () => {
    const runId = await addOver(api.pool, { status: 'failed' });
    const all = await api.call(RUNS);
    expect([all.status, ids(all.body)]).toEqual([200, expect.arrayContaining([runId])]);
    const failed = await api.call(`${RUNS}?status=failed`);
    expect([failed.status, ids(failed.body)]).toEqual([200, expect.arrayContaining([runId])]);
  });

  it('withholds the texts of errors unless they are asked for', async () => {
    const progress = { error: { type: 'x', message: 'the secret' } };
    await addOver(api.pool, { status: 'failed', name: 'withheld', progress });
    const hidden = await api.call(`${RUNS}?name=withheld`);
    expect(hidden.text).not.toContain('the secret');
    expect(hidden.body.items[0].error).toMatchObject({ type: 'x' });
    const shown = await api.call(`${RUNS}?name=withheld&include_errors=true`);
    expect(shown.body.items[0].error.message).toBe('the secret');
  });

  it('is filtered by when runs began, and by when they were over', async () => {
    const [tag, at] = ['window', Date.now() - 60_000];
    const run = (from: number, to: number, status = 'completed') =>
      addOver(api.pool, { tags: [tag], at, startedAt: at + from, completedAt: at + to, status });
    const early = await run(0, 1_000);
    const late = await run(1_000, 5_000, 'failed');
    const live = await addLive(api.pool, { tags: [tag], at, startedAt: at + 2_000 });
    const waiting = await addLive(api.pool, { tags: [tag], at });
    const time = (ms: number) => new Date(at + ms).toISOString();
    const found = async (query: string) =>
      new Set(ids((await api.call(`${RUNS}?tag=${tag}&${query}`)).body));
    expect(await found('')).toEqual(new Set([early, late, live, waiting]));
    expect(await found(`start_time=${time(1_000)}`)).toEqual(new Set([late, live]));
    expect(await found(`end_time=${time(1_000)}`)).toEqual(new Set([early]));
    expect(await found(`end_time=${time(5_000)}&status=failed&status=running`)).toEqual(
      new Set([late]),
    );
    expect(await found(`start_time=${time(1)}&end_time=${time(1_000)}`)).toEqual(new Set());
    const wrong = await api.call(`${RUNS}?start_time=soon`);
    expect([wrong.status, wrong.body.validation_errors[0].path]).toEqual([400, '/start_time']);
  });

  it('is filtered by metadata, and by what runs wait for', async () => {
    const tags = ['waits'];
    const teamed = await addOver(api.pool, { tags, metadata: { team: 'a' } });
    const running = { tags, status: 'running', startedAt: Date.now(), engine: randomUUID() };
    const [asks, money] = [await addLive(api.pool, running), await addLive(api.pool, running)];
    const progress = { next: ['plan'] };
    const phase = await addLive(api.pool, { ...running, ...aPhasedRow(), progress });
    await addLive(api.pool, { ...running, ...aPhasedRow(), progress: {} });
    // A job that calls a node of its own so waits for no phase.
    await addLive(api.pool, { ...running, progress });
    for (const [runId, type] of [
      [asks, 'http_403'],
      [money, 'budget_exhausted'],
    ]) {
      await api.pool.query(
        `insert into interventions (intervention_id, run_id, owner, session_id, message, error,
           state, opened_at, default_resolution)
         values (uuid_v7(), $1, 'admin', uuid_v7(), 'x', $2, 'open', now(), 'abort')`,
        [runId, { type }],
      );
    }
    const list = async (query: string) =>
      new Set(ids((await api.call(`${RUNS}?tag=waits&${query}`)).body));
    expect(await list('metadata.team=a')).toEqual(new Set([teamed]));
    expect(await list('waiting_for=person')).toEqual(new Set([asks, money]));
    expect(await list('waiting_for=money')).toEqual(new Set([money]));
    expect(await list('waiting_for=phase')).toEqual(new Set([phase]));
    expect(await list('waiting_for=phase&status=completed')).toEqual(new Set());
    expect((await api.call(`${RUNS}?waiting_for=godot`)).status).toBe(400);
    const bulk = async (filter: object) => {
      const body = { filter: { tag: 'waits', ...filter }, action: 'cancel', dry_run: true };
      return new Set(ids((await api.call(`${RUNS}/bulk`, { body })).body));
    };
    expect(await bulk({ kind: 'phased', waiting_for: 'phase' })).toEqual(new Set([phase]));
    expect(await bulk({ run_ids: [asks, phase] })).toEqual(new Set([asks]));
    expect(await bulk({ run_ids: [asks, phase], kind: 'any' })).toEqual(new Set([asks, phase]));
    expect(await bulk({ profile: 'small', waiting_for: 'phase' })).toEqual(new Set([phase]));
  });

  it('is filtered by kind, status, success, time, tag and name', async () => {
    const tags = ['filtered'];
    const made = new Map<string, string>();
    for (const status of ['completed', 'failed', 'cancelled', 'timeout', 'aborted']) {
      made.set(status, await addOver(api.pool, { status, tags }));
    }
    made.set('queued', await addLive(api.pool, { tags }));
    const list = async (query: string) =>
      ids((await api.call(`${RUNS}?tag=filtered${query}`)).body);
    expect(await list('')).toHaveLength(6);
    expect(await list('&kind=job')).toHaveLength(6);
    expect(await list('&kind=task')).toEqual([]);
    expect(await list('&success=true')).toEqual([made.get('completed')]);
    expect(await list('&success=false')).toHaveLength(4);
    expect(await list('&success=false&status=failed,completed')).toEqual([made.get('failed')]);
    expect(await list('&success=true&status=failed')).toEqual([]);
    expect(await list('&status=queued')).toEqual([made.get('queued')]);
    expect(await list('&created_before=2020-01-01T00:00:00Z')).toEqual([]);
    expect((await api.call(`${RUNS}?kind=chore`)).status).toBe(400);
    // Who sees everything and asks for no less has no condition at all.
    const all = await api.call(`${RUNS}?limit=200`);
    expect([all.status, ids(all.body)]).toEqual([200, expect.arrayContaining([...made.values()])]);
    const failed = ids((await api.call(`${RUNS}?status=failed&limit=200`)).body);
    expect(failed).toContain(made.get('failed'));
    expect(failed).not.toContain(made.get('completed'));
  });

  it('has up to 200 a page, 50 unless asked, and goes on from a cursor', async () => {
    const tags = ['many'];
    for (let i = 0; i < 55; i += 1) await addLive(api.pool, { tags });
    const first = await api.call(`${RUNS}?tag=many`);
    expect(first.body).toMatchObject({ total: 55, limit: 50, has_more: true });
    const next = await api.call(`${RUNS}?tag=many&cursor=${first.body.next_cursor}`);
    expect(new Set([...ids(first.body), ...ids(next.body)]).size).toBe(55);
    expect((await api.call(`${RUNS}?tag=many&limit=200`)).body.items).toHaveLength(55);
    expect((await api.call(`${RUNS}?limit=201`)).status).toBe(400);
  });

  it('needs its own scope, and shows nobody the runs of others', async () => {
    const runId = await addLive(api.pool, { owner: 'ann' });
    const eve = await api.token('eve', ['runs:read', 'runs:write']);
    const jobs = await api.token('eve', ['jobs:read', 'jobs:write']);
    expect((await api.call(RUNS, { token: eve })).body.total).toBe(0);
    expect((await api.call(`${RUNS}/${runId}`, { token: eve })).status).toBe(404);
    expect((await api.call(`${RUNS}/${runId}/explain`, { token: eve })).status).toBe(404);
    expect((await api.call(RUNS, { token: jobs })).status).toBe(403);
  });
});

describe('a bulk request', () => {
  const bulk = (body: object, token?: string) =>
    api.call(`${RUNS}/bulk`, { body, ...(token !== undefined && { token }) });
  const audits = async (action: string) =>
    (await api.pool.query('select subject from audit where action = $1', [action])).rows.length;

  /** Runs of every sort under one tag. */
  async function herd(tag: string) {
    const tags = [tag];
    return {
      queued: await addLive(api.pool, { tags }),
      running: await addLive(api.pool, {
        ...{ tags, status: 'running', startedAt: Date.now(), engine: randomUUID() },
      }),
      failed: await addOver(api.pool, { tags, status: 'failed' }),
      completed: await addOver(api.pool, { tags, status: 'completed' }),
    };
  }

  it('that is dry says what would happen to each, and does nothing', async () => {
    const runs = await herd('dry');
    const before = await audits('job.cancel_requested');
    const request = { filter: { tag: 'dry' }, action: 'cancel', dry_run: true };
    const { status, body } = await bulk(request);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ dry_run: true, matched: 4, next_cursor: null },
      outcomes: { changed: 1, asked: 2, unchanged: 0, refused: 1, failed: 0 },
      failures: [{ run_id: runs.completed, outcome: 'refused', status: 'completed' }],
    });
    const outcomes = Object.fromEntries(
      body.items.map((item: { run_id: string; outcome: string }) => [item.run_id, item.outcome]),
    );
    expect(outcomes).toEqual({
      ...{ [runs.queued]: 'asked', [runs.running]: 'asked' },
      ...{ [runs.failed]: 'changed', [runs.completed]: 'refused' },
    });
    expect(await audits('job.cancel_requested')).toBe(before);
  });

  it('does what it said, each with its audit row, and nothing when sent again', async () => {
    const runs = await herd('cancelled');
    const before = await audits('job.cancel_requested');
    const request = { filter: { tag: 'cancelled' }, action: 'cancel', reason: 'clean up' };
    const first = await bulk(request);
    expect(first.body.outcomes).toEqual({
      ...{ changed: 1, asked: 2, unchanged: 0, refused: 1, failed: 0 },
    });
    const again = await bulk(request);
    expect(again.body.outcomes).toEqual({
      ...{ changed: 0, asked: 0, unchanged: 3, refused: 1, failed: 0 },
    });
    expect(await audits('job.cancel_requested')).toBe(before + 3);
    const { rows } = await api.pool.query('select details from audit where subject = $1', [
      runs.running,
    ]);
    expect(rows.map(({ details }) => JSON.parse(details))).toEqual([
      { mode: 'graceful', reason: 'clean up', bulk: true },
    ]);
    expect(api.engine.poked).toContain(runs.running);
  });

  it.each([
    ['retry', { changed: 1, asked: 0, unchanged: 0, refused: 3, failed: 0 }],
    ['pause', { changed: 1, asked: 1, unchanged: 0, refused: 2, failed: 0 }],
    ['resume', { changed: 0, asked: 0, unchanged: 2, refused: 2, failed: 0 }],
    ['reprioritise', { changed: 1, asked: 0, unchanged: 0, refused: 3, failed: 0 }],
  ])('to %s does so where the state allows, as its dry run says', async (action, outcomes) => {
    const tag = `bulk-${action}`;
    const runs = await herd(tag);
    const more = action === 'reprioritise' ? { priority: 1 } : {};
    const request = { filter: { tag }, action, ...more };
    const dry = await bulk({ ...request, dry_run: true });
    const real = await bulk(request);
    expect(dry.body.outcomes).toEqual(outcomes);
    expect(real.body.outcomes).toEqual(outcomes);
    if (action === 'reprioritise') {
      expect((await api.call(`${RUNS}/${runs.queued}`)).body.priority).toBe(1);
    }
    if (action === 'retry') {
      expect((await api.call(`${RUNS}/${runs.failed}`)).body.status).toBe('retrying');
    }
    if (action === 'pause') {
      expect((await api.call(`${RUNS}/${runs.queued}`)).body.status).toBe('paused');
      const resumed = await bulk({ filter: { tag }, action: 'resume' });
      expect(resumed.body.outcomes).toMatchObject({ changed: 1 });
    }
  });

  it('goes by the filters of the list of jobs', async () => {
    const metadata = { team: 'blue' };
    const runId = await addLive(api.pool, { name: 'nightly 1', metadata, jobType: 'etl' });
    await addLive(api.pool, { name: 'nightly 2' });
    const found = async (filter: object) =>
      ids((await bulk({ filter, action: 'cancel', dry_run: true })).body);
    expect(await found({ name: 'nightly*' })).toHaveLength(2);
    expect(await found({ metadata })).toEqual([runId]);
    expect(await found({ target_type: 'etl', status: ['queued'] })).toEqual([runId]);
    expect(await found({ name: 'nightly*', created_before: '2020-01-01T00:00:00Z' })).toEqual([]);
  });

  it('to more than it takes says where to go on', async () => {
    await api.pool.query(
      `insert into run_live (run_id, plan_hash, owner, kind, name, job_type, priority,
         triggered_by, tags, input, created_at, status, claim_key, wake_at)
       select uuid_v7(), '', 'admin', 0, 'x', 'dag', 5, 'admin', '{crowd}', '{"params":{}}', now(),
         'queued', 1, now() from generate_series(1, 10003)`,
    );
    const request = { filter: { tag: 'crowd' }, action: 'cancel', dry_run: true };
    const first = await bulk(request);
    expect(first.body).toMatchObject({ matched: 10_000, next_cursor: expect.any(String) });
    expect(first.body.items).toHaveLength(100);
    const rest = await bulk({ ...request, cursor: first.body.next_cursor });
    expect(rest.body).toMatchObject({ matched: 3, next_cursor: null });
  });

  it('reaches only what its sender owns', async () => {
    const runId = await addLive(api.pool, { owner: 'ann', tags: ['private'] });
    const eve = await api.token('eve', ['runs:write']);
    const request = { filter: { tag: 'private' }, action: 'cancel' };
    expect((await bulk(request, eve)).body.matched).toBe(0);
    const { rows } = await api.pool.query('select 1 from run_inbox where run_id = $1', [runId]);
    expect(rows).toEqual([]);
    expect((await bulk(request, await api.token('eve', ['runs:read']))).status).toBe(403);
  });

  it.each([
    [{ filter: {}, action: 'cancel' }],
    [{ action: 'cancel' }],
    [{ filter: { tag: 'x' } }],
    [{ filter: { tag: 'x' }, action: 'delete' }],
    [{ filter: { tag: 'x' }, action: 'reprioritise' }],
    [{ filter: { tag: 'x' }, action: 'cancel', priority: 1 }],
    [{ filter: { tag: 'x', created_after: 'soon' }, action: 'cancel' }],
    [{ filter: { tag: 'x' }, action: 'cancel', cursor: 'nowhere' }],
    [{ filter: { colour: 'x' }, action: 'cancel' }],
  ])('%j is refused', async (body) => {
    expect((await bulk(body)).status).toBe(400);
  });
});
