import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aQuietTask, startTaskApi, TASKS, type TaskApi } from './task-api.ts';

let api: TaskApi;
beforeAll(async () => {
  api = await startTaskApi({
    actions: {
      noop: (call) =>
        call.with.fail === true
          ? { status: 'failed', error: { classification: 'permanent', type: 'x', message: 'no' } }
          : { status: 'completed', output: { got: call.with.value ?? null } },
    },
  });
});
afterAll(() => api[Symbol.asyncDispose]());

const audits = async (taskId: string) =>
  (
    await api.pool.query('select action, actor from audit where subject = $1 order by audit_id', [
      taskId,
    ])
  ).rows.map(({ action }) => action);

describe('a task with a schedule', () => {
  it('fires at its ticks, each once, with a run that knows of it', async () => {
    const task = await api.make({
      payload: {
        pipeline: [
          { id: 'only', uses: 'noop', with: { value: '${task.title} ${params.x} ${task.tick}' } },
        ],
        params: { x: 3 },
      },
    });
    expect(task).toMatchObject({ status: 'active', version: 1, timezone: 'UTC', fired_count: 0 });
    const firings = await api.fires(task.task_id, 3);
    const ticks = firings.map(({ tick }) => Date.parse(tick));
    expect(new Set(ticks).size).toBe(ticks.length);
    for (const tick of ticks) expect(tick % 1000).toBe(0);
    const run = await api.over(firings[0]?.run_id ?? '');
    expect(run).toMatchObject({
      kind: 'task',
      task_id: task.task_id,
      name: 'a task',
      status: 'completed',
      success: true,
      attempt: 1,
      output: { only: { got: `a task 3 ${firings[0]?.tick}` } },
    });
    await api.ask(task.task_id, 'cancel');
    const { body: runs } = await api.call(`${TASKS}/${task.task_id}/runs`);
    const { body: listed } = await api.call(`/api/v1/runs?kind=task&task_id=${task.task_id}`);
    expect(runs.items.length).toBeGreaterThanOrEqual(3);
    expect(listed.total).toBe(runs.total);
    expect(await audits(task.task_id)).toEqual(['task.created', 'task.cancelled']);
  });

  it('of one time is completed once it has fired', async () => {
    const at = new Date(Date.now() + 700).toISOString();
    const task = await api.make({ schedule_kind: 'once', schedule_expr: at });
    const [firing] = await api.fires(task.task_id, 1);
    expect(firing).toMatchObject({ tick: at, origin: 'schedule', outcome: 'fired' });
    expect(await api.read(task.task_id)).toMatchObject({
      status: 'completed',
      fired_count: 1,
      next_fire_at: null,
    });
  });

  it('can be tried: all of it is checked, and nothing is made', async () => {
    const dry = (over: object) => api.call(`${TASKS}/validate`, { body: aQuietTask(over) });
    const { total } = (await api.call(TASKS)).body;
    const { status, body } = await dry({ schedule_kind: 'cron', schedule_expr: '0 9 * * *' });
    expect([status, body.firings.length, body.description]).toEqual([
      ...[200, 10, expect.stringContaining('09:00')],
    ]);
    expect((await dry({ end_at: '2000-01-01T00:00:00Z' })).body.validation_errors).toMatchObject([
      { path: '/end_at' },
    ]);
    const event = { schedule_kind: 'event', schedule_expr: 'a.b' };
    expect((await dry(event)).body).toEqual({ firings: [], description: 'on events of a.b' });
    // A filter sees the event alone: with anything else in it the task would never fire.
    expect((await dry({ ...event, filter: 'params.x == 1' })).body.validation_errors).toMatchObject(
      [{ path: '/filter' }],
    );
    expect((await api.call(TASKS)).body.total).toBe(total);
  });

  it('is refused when its time has passed, when it can never fire, and when its graph is wrong', async () => {
    const refused = async (over: object) => {
      const { status, body } = await api.call(TASKS, { body: aQuietTask(over) });
      expect(status, JSON.stringify(body)).toBe(422);
      return body.validation_errors.map(({ path }: { path: string }) => path);
    };
    expect(await refused({ schedule_expr: '2020-01-01T00:00:00Z' })).toEqual(['/schedule_expr']);
    expect(await refused({ schedule_kind: 'cron', schedule_expr: 'x y' })).toEqual([
      '/schedule_expr',
    ]);
    expect(
      await refused({ payload: { pipeline: [{ id: 'a', uses: 'noop', if: 'nowhere.x' }] } }),
    ).toEqual(['/payload/pipeline/0/if']);
    expect(await refused({ payload: {} })).toEqual(['/payload']);
    expect(await refused({ payload: { profile: 'nowhere' } })).toEqual(['/payload/profile']);
    expect(await refused({ filter: 'true', dedupe_key: 'x' })).toEqual([
      '/filter',
      '/dedupe_window_seconds',
    ]);
  });
});

describe('a task on request', () => {
  it('runs now, paused or not, and takes other parameters', async () => {
    const payload = {
      pipeline: [{ id: 'only', uses: 'noop', with: { value: '${params}' } }],
      params: { a: 1, b: 2 },
    };
    const { task_id: id } = await api.make(aQuietTask({ payload }));
    await api.ask(id, 'pause', { reason: 'holidays' });
    const done = await api.ask(id, 'run_now', { params: { b: 3 } });
    expect(done).toMatchObject({ success: true, details: { task: { status: 'paused' } } });
    const run = await api.over(done.details.run_id ?? '');
    expect(run.output).toEqual({ only: { got: { a: 1, b: 3 } } });
    expect(await api.firings(id)).toMatchObject([
      { origin: 'run_now', outcome: 'fired', run_id: done.details.run_id },
    ]);
    await api.ask(id, 'resume');
    expect(await audits(id)).toEqual([
      'task.created',
      'task.paused',
      'task.run_now',
      'task.resumed',
    ]);
  });

  it('is made once under a key, and another request under it is refused', async () => {
    const { task_id: id } = await api.make(aQuietTask());
    const headers = { 'idempotency-key': `run ${id}`.replace(' ', '-') };
    const ask = (body: object) => api.call(`${TASKS}/${id}/run_now`, { body, headers });
    const all = await Promise.all([ask({}), ask({}), ask({})]);
    const again = await ask({});
    expect(again.status).toBe(200);
    for (const { status } of all) expect([200, 409]).toContain(status);
    expect(await api.firings(id)).toMatchObject([{ run_id: again.body.details.run_id }]);
    expect((await ask({ params: { a: 1 } })).status).toBe(422);
  });

  it('is snoozed from its next firing on, by so much', async () => {
    const { task_id: id, next_fire_at: before } = await api.make(aQuietTask());
    const { details } = await api.ask(id, 'snooze', { delay_seconds: 60, reason: 'later' });
    expect(Date.parse(details.task.next_fire_at ?? '')).toBe(Date.parse(before ?? '') + 60_000);
    expect(details.task.snoozed).toEqual({ tick: before, reason: 'later' });
  });

  it('is not snoozed when events fire it: nobody knows when they come', async () => {
    const { task_id: id } = await api.make({ schedule_kind: 'event', schedule_expr: 'a.b' });
    const body = { delay_seconds: 60 };
    const answer = await api.call(`${TASKS}/${id}/snooze`, { method: 'POST', body });
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining('events')]);
  });

  it('answers 409 for what its state forbids, and names the state', async () => {
    const { task_id: id } = await api.make(aQuietTask());
    const conflict = async (verb: string, body?: object) => {
      const answer = await api.call(`${TASKS}/${id}/${verb}`, {
        method: 'POST',
        ...(body && { body }),
      });
      expect(answer.status).toBe(409);
      return answer.body.detail;
    };
    expect(await conflict('resume')).toContain('active');
    await api.ask(id, 'cancel');
    for (const verb of ['cancel', 'pause', 'resume', 'run_now']) {
      expect(await conflict(verb)).toContain('cancelled');
    }
    expect(await conflict('snooze', { delay_seconds: 5 })).toContain('cancelled');
  });
});

describe('a change of a task', () => {
  it('needs its version where one is named, and begins its schedule anew', async () => {
    const task = await api.make(aQuietTask());
    const path = `${TASKS}/${task.task_id}`;
    const patch = (body: object, version: string) =>
      api.call(path, { method: 'PATCH', body, headers: { 'if-match': version } });
    const stale = await patch({ title: 'x' }, '"7"');
    expect(stale.status).toBe(412);
    const edited = await patch({ schedule_expr: '2098-01-01T00:00:00Z' }, '"1"');
    expect(edited.status, edited.text).toBe(200);
    expect(edited.headers.get('etag')).toBe('"2"');
    expect(edited.body).toMatchObject({ version: 2, next_fire_at: '2098-01-01T00:00:00.000Z' });
    const removed = await api.call(path, { method: 'DELETE', headers: { 'if-match': '"2"' } });
    expect(removed.status).toBe(200);
    expect((await api.call(path)).status).toBe(404);
    expect(await audits(task.task_id)).toEqual(['task.created', 'task.updated', 'task.deleted']);
  });

  it('is made once under a key, and another body is refused', async () => {
    const headers = { 'idempotency-key': 'only-once' };
    const first = await api.call(TASKS, { body: aQuietTask(), headers });
    const again = await api.call(TASKS, { body: aQuietTask(), headers });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body.task_id).toBe(first.body.task_id);
    const other = await api.call(TASKS, { body: aQuietTask({ title: 'other' }), headers });
    expect(other.status).toBe(422);
  });
});

describe('many tasks at once', () => {
  const bulk = (action: string, ids: readonly string[], token?: string) =>
    api.call(`${TASKS}/bulk`, {
      ...{ body: { action, task_ids: ids } },
      ...(token !== undefined && { token }),
    });

  it('are paused and resumed; one that is refused or gone keeps none of the others', async () => {
    const made = [await api.make(), await api.make(), await api.make()];
    const ids = made.map(({ task_id: id }) => id);
    const [first = '', second = '', third = ''] = ids;
    await api.ask(second, 'cancel');
    const gone = first.replace(/^./, (digit) => (digit === 'f' ? 'e' : 'f'));
    const { status, body } = await bulk('pause', [first, second, gone, third]);
    expect(status).toBe(200);
    expect(body.outcomes).toEqual({ changed: 2, refused: 1, failed: 1 });
    expect(body.failures).toMatchObject([
      { task_id: second, outcome: 'refused' },
      { task_id: gone, outcome: 'failed' },
    ]);
    expect((await api.read(third)).status).toBe('paused');
    expect((await bulk('resume', [first, third])).body.outcomes.changed).toBe(2);
    expect(await audits(third)).toEqual(['task.created', 'task.paused', 'task.resumed']);
  });

  it('of somebody else are as good as gone', async () => {
    const { task_id: id } = await api.make();
    const eve = await api.token('eve', ['tasks:update']);
    expect((await bulk('pause', [id], eve)).body.outcomes).toMatchObject({ failed: 1 });
    expect((await api.read(id)).status).toBe('active');
    const reader = await api.token('eve', ['tasks:read']);
    expect((await bulk('pause', [id], reader)).status).toBe(403);
  });
});

describe('a list of tasks', () => {
  it('has those only whose last run has failed, or only the others', async () => {
    const fails = { pipeline: [{ id: 'only', uses: 'noop', with: { fail: '${params.fail}' } }] };
    const payload = { ...fails, params: { fail: true } };
    const make = (title: string) => api.make(aQuietTask({ title, payload, max_retries: 0 }));
    const [bad, mended, never] = [await make('f bad'), await make('f mended'), await make('f new')];
    const run = async (taskId: string, body?: object) => {
      const { details } = await api.ask(taskId, 'run_now', body);
      return (await api.over(details.run_id ?? '')).status;
    };
    expect(await run(bad.task_id)).toBe('failed');
    expect(await run(mended.task_id)).toBe('failed');
    expect(await run(mended.task_id, { params: { fail: false } })).toBe('completed');
    const found = async (failing: boolean) => {
      const { body } = await api.call(`${TASKS}?title=f%20*&failing=${failing}`);
      return [body.total, ...body.items.map(({ task_id: id }: { task_id: string }) => id)];
    };
    expect(await found(true)).toEqual([1, bad.task_id]);
    expect(await found(false)).toEqual([2, never.task_id, mended.task_id]);
  });
});

describe('a list of what fires next', () => {
  it('has the first firings first, over pages of any size, and nothing that no time fires', async () => {
    const at = async (title: string, when: string) =>
      (await api.make(aQuietTask({ title, schedule_expr: when }))).task_id;
    const later = await at('n later', '2097-01-01T00:00:00Z');
    const soon = await at('n soon', '2096-01-01T00:00:00Z');
    const same = await at('n same', '2097-01-01T00:00:00Z');
    await api.make({ title: 'n event', schedule_kind: 'event', schedule_expr: 'orders.*' });
    const found: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await api.call(`${TASKS}?title=n%20*&sort=next&limit=1${cursor}`);
      found.push(...body.items.map(({ task_id: id }: { task_id: string }) => id));
      if (!body.has_more) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(found).toEqual([soon, later, same]);
  });
});

describe('previews', () => {
  it('show the next firings, of a task and of a schedule that is not stored', async () => {
    const { task_id: id } = await api.make({ schedule_expr: '0 0 1 1 *' });
    const { body } = await api.call(`${TASKS}/${id}/preview?count=2&from=2030-01-01T00:00:00Z`);
    expect(body.firings.map(({ at }: { at: string }) => at)).toEqual([
      '2030-01-01T00:00:00.000Z',
      '2031-01-01T00:00:00.000Z',
    ]);
    const { body: preview } = await api.call(`${TASKS}/preview`, {
      body: {
        schedule_kind: 'cron',
        schedule_expr: '0 9 * * *',
        timezone: 'Europe/Paris',
        count: 3,
      },
    });
    expect(preview.firings).toHaveLength(3);
    const { body: none } = await api.call(`${TASKS}/preview`, {
      body: { schedule_kind: 'event', schedule_expr: 'a.b' },
    });
    expect(none).toEqual({ firings: [], description: 'on events of a.b' });
  });

  it('of a backfill change nothing; the backfill makes a run for each past tick', async () => {
    const { task_id: id } = await api.make({ schedule_expr: '0 0 * * *' });
    const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-03T00:00:00Z' };
    const dry = await api.ask(id, 'backfill', { ...range, dry_run: true });
    expect(dry.details.firings).toBe(3);
    expect(await api.firings(id)).toEqual([]);
    const done = await api.ask(id, 'backfill', range);
    expect(done.details.run_ids).toHaveLength(3);
    expect((await api.firings(id)).map(({ tick, origin }) => `${origin} ${tick}`)).toEqual([
      'backfill 2026-01-01T00:00:00.000Z',
      'backfill 2026-01-02T00:00:00.000Z',
      'backfill 2026-01-03T00:00:00.000Z',
    ]);
  });
});

describe('tasks of others', () => {
  it('are not there, and only those with the scopes may touch tasks', async () => {
    const { task_id: id } = await api.make(aQuietTask());
    const ben = await api.token('ben', ['tasks:read', 'tasks:update', 'tasks:delete']);
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/firings'],
      ['GET', '/preview'],
      ['GET', '/runs'],
      ['POST', '/pause'],
      ['DELETE', ''],
    ] as const) {
      const { status } = await api.call(`${TASKS}/${id}${path}`, { method, token: ben });
      expect([method, path, status]).toEqual([method, path, 404]);
    }
    expect((await api.call(TASKS, { token: ben })).body.items).toEqual([]);
    expect((await api.call(TASKS, { body: aQuietTask(), token: ben })).status).toBe(403);
  });
});
