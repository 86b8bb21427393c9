import { SCOPES } from '@tenuto/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PhasedApi, plainProfile, startPhasedApi } from './phased-api.ts';
import { gate, RUNS } from './real-api.ts';

let api: PhasedApi;
let door = gate();
let user: string;
beforeAll(async () => {
  api = await startPhasedApi({
    actions: {
      work: (call) => ({ status: 'completed', output: call.with }),
      door: (call) => door.action(call),
      broken: () => ({
        status: 'failed',
        error: { classification: 'permanent', type: 'broken', message: 'It is broken.' },
      }),
    },
  });
  const worker = { id: 'worker', uses: 'work', with: { who: 'w' } };
  const behind = { id: 'door', uses: 'door', with: {} };
  await api.profile(plainProfile('two', [{ id: 'one' }, { id: 'two' }]));
  await api.profile(
    plainProfile('aside', [
      { id: 'first' },
      { id: 'left', needs: ['first'], agents: [behind] },
      { id: 'right', needs: ['first'] },
      { id: 'last', needs: ['left', 'right'] },
    ]),
  );
  await api.profile(
    plainProfile('slow', [
      { id: 'one', agents: [behind] },
      { id: 'two', agents: [worker] },
    ]),
  );
  await api.profile(plainProfile('broken', [{ id: 'one', agents: [{ id: 'x', uses: 'broken' }] }]));
  await api.profile({
    name: 'choosy',
    intake_schema: {
      type: 'object',
      properties: { goal: { type: 'string' }, pace: { type: 'integer', default: 3 } },
      required: ['goal'],
      additionalProperties: false,
    },
    params: { a: 1, b: 2 },
    budget: { usd: 3 },
    phases: [
      {
        id: 'one',
        budget: { usd: 1 },
        agents: [
          {
            id: 'x',
            uses: 'work',
            with: { pace: '${params.intake.pace}', ab: '${params.a + params.b}' },
          },
          { id: 'y', uses: 'work', with: { found: "${nodes['one/gates'].previous}" } },
        ],
      },
    ],
  });
  user = await api.token(
    'user',
    SCOPES.filter((one) => !['admin', 'runs:override'].includes(one)),
  );
});
beforeEach(() => {
  api.blocked.clear();
  door = gate();
});
afterAll(() => api[Symbol.asyncDispose]());

type Seen = { phases: { phase: string; status: string }[] };
const statuses = ({ phases }: Seen) => phases.map(({ status }) => status).join(' ');
const auditOf = async (runId: string) => {
  const { rows } = await api.pool.query(
    `select action from audit where subject = $1 and action like 'run.%' order by audit_id`,
    [runId],
  );
  return rows.map(({ action }) => action);
};

describe('phases that do not need each other', () => {
  it('are executed together by one next, and the one behind them waits for both', async () => {
    const runId = await api.start({ profile: 'aside' });
    await api.next(runId);
    await api.until(runId, (run) => statuses(run) === 'completed ready ready pending');
    const both = await api.next(runId, {}, { prefer: 'respond-async' });
    expect([both.status, both.headers.get('location')]).toEqual([202, `${RUNS}/${runId}`]);
    await api.until(runId, (run) => statuses(run) === 'completed running completed pending');
    const refused = await api.next(runId);
    expect([refused.status, refused.body.detail]).toEqual([409, 'The phase "left" is going on.']);
    door.open();
    await api.until(runId, (run) => statuses(run) === 'completed completed completed ready');
    expect((await api.next(runId)).body.status).toBe('completed');
  });

  it('go on without each other when a gate blocks one, which is executed again alone', async () => {
    door.open();
    const runId = await api.start({ profile: 'aside' });
    await api.next(runId);
    api.blocked.set('right', 'error');
    expect((await api.next(runId)).status).toBe(422);
    await api.until(runId, (run) => run.status === 'failed');
    await api.until(runId, (run) => statuses(run) === 'completed completed failed pending');
    const before = api.executed().filter((one) => one.startsWith('left/door')).length;
    api.blocked.clear();
    expect((await api.next(runId)).status).toBe(200);
    await api.until(runId, (run) => statuses(run) === 'completed completed completed ready');
    expect(api.executed().filter((one) => one.startsWith('left/door'))).toHaveLength(before);
  });

  it('are executed again together where gates block several, and nothing else is', async () => {
    const side = (id: string) => ({ id, needs: ['first'] });
    const sides = ['left', 'middle', 'right'].map(side);
    await api.profile(plainProfile('broad', [{ id: 'first' }, ...sides]));
    const runId = await api.start({ profile: 'broad' });
    await api.next(runId);
    for (const id of ['left', 'right']) api.blocked.set(id, 'error');
    expect((await api.next(runId)).status).toBe(422);
    await api.until(runId, (run) => run.status === 'failed');
    api.blocked.clear();
    const again = await api.next(runId);
    expect([again.status, again.body.status]).toEqual([200, 'completed']);
    const attempts = async (id: string) => (await api.node(runId, `${id}%2Fworker`)).attempts;
    const made = await Promise.all(['left', 'middle', 'right'].map(attempts));
    expect(made.map((each) => (Array.isArray(each) ? each.length : each))).toEqual([2, 1, 2]);
  });
});

describe('next', () => {
  it('is heard once when it is said several times at once', async () => {
    const runId = await api.start({ profile: 'two' });
    await api.until(runId, (run) => statuses(run) === 'ready pending');
    const answers = await Promise.all([1, 2, 3, 4].map(() => api.next(runId)));
    const done = answers.filter(({ status }) => status === 200);
    expect(answers.map(({ status }) => status).filter((one) => ![200, 409].includes(one))).toEqual(
      [],
    );
    expect(done.length).toBeGreaterThan(0);
    // None is kept for a phase that is reached later.
    const executed = statuses(await api.run(runId))
      .split(' ')
      .filter((one) => one === 'completed');
    expect(executed.length).toBeLessThanOrEqual(done.length);
    await api.deed(runId, 'rollback', { phase: 'one' });
    const back = await api.until(runId, (run) => statuses(run) === 'ready pending');
    expect(back.status).toBe('running');
  });

  it('answers before the end of a phase that takes longer than it may wait', async () => {
    const runId = await api.start({ profile: 'slow' });
    const answer = await api.next(runId, {}, { prefer: 'wait=0' });
    expect([answer.status, answer.body.message]).toEqual([202, 'The phase one is being executed.']);
    door.open();
    await api.until(runId, (run) => statuses(run) === 'completed ready');
  });

  it('skips gates that do not block only with the scope for it, and that is audited', async () => {
    const { body } = await api.call(RUNS, { body: { profile: 'three' }, token: user });
    expect(body.error_code).toBe('unprocessable');
    await api.call('/api/v1/profiles', { body: plainProfile('three', [{ id: 'a' }]), token: user });
    const made = await api.call(RUNS, { body: { profile: 'three' }, token: user });
    const runId = made.body.run_id;
    const path = `${RUNS}/${runId}/next`;
    const skip = { skip_validation: true };
    const refused = await api.call(path, { body: skip, token: user });
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      'The scope runs:override is needed for skipping validation.',
    ]);
    expect((await api.call(path, { body: skip })).status).toBe(200);
    expect(api.checked.get('a')).toMatchObject({ skip_warnings: true });
    const { rows } = await api.pool.query(
      `select actor, action from audit where subject = $1 order by audit_id`,
      [runId],
    );
    expect(rows).toEqual([
      { actor: 'user', action: 'run.created' },
      { actor: 'admin', action: 'run.validation_skipped' },
    ]);
  });

  it('cannot be said by a signal, which would know nothing of scopes', async () => {
    const runId = await api.start({ profile: 'two' });
    const answer = await api.ask(runId, 'signal', {
      name: 'next:one',
      payload: { skip_validation: true },
    });
    expect([answer.status, answer.body.validation_errors[0].path]).toEqual([422, '/name']);
    const job = await api.submit([{ id: 'a', uses: 'signal.wait', with: { name: 'next:one' } }]);
    expect((await api.ask(job, 'signal', { name: 'next:one' })).status).toBe(200);
    expect((await api.next(job)).status).toBe(409);
  });

  it('says of a phase that has failed otherwise what there is to do', async () => {
    const runId = await api.start({ profile: 'broken' });
    const failed = await api.next(runId);
    expect([failed.status, failed.body.status, failed.body.current_phase]).toEqual([
      200,
      'failed',
      'one',
    ]);
    expect(failed.body.message).toContain('It is broken.');
    const [one] = (await api.run(runId)).phases;
    expect(one.error).toEqual({ type: 'broken', message: 'It is broken.' });
    const again = await api.next(runId);
    expect([again.status, again.body.detail]).toEqual([409, expect.stringContaining('/retry')]);
  });

  it('does not wait for a phase whose run is paused', async () => {
    const runId = await api.start({ profile: 'slow' });
    door = gate();
    const waits = api.next(runId);
    await api.until(runId, (run) => statuses(run) === 'running pending');
    await api.deed(runId, 'pause');
    const answer = await waits;
    expect([answer.status, answer.body.status]).toEqual([202, 'paused']);
    door.open();
    await api.deed(runId, 'cancel');
  });

  it('waits for a run that is paused to be resumed', async () => {
    const runId = await api.start({ profile: 'two' });
    await api.until(runId, (run) => statuses(run) === 'ready pending');
    expect((await api.deed(runId, 'pause', { reason: 'lunch' })).body.status).toBe('paused');
    expect((await api.next(runId)).status).toBe(409);
    expect((await api.deed(runId, 'resume')).body.status).toBe('running');
    expect((await api.next(runId)).status).toBe(200);
    const cancelled = await api.deed(runId, 'cancel', { reason: 'enough' });
    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);
    expect(statuses(cancelled.body)).toBe('completed cancelled');
    expect((await api.next(runId)).status).toBe(409);
    expect(await auditOf(runId)).toEqual([
      ...['run.created', 'run.paused', 'run.resumed', 'run.advanced', 'run.cancel_requested'],
    ]);
  });
});

describe('a run of a profile', () => {
  it('has the intake that its profile asks for, completed, and params over those of the profile', async () => {
    const body = { profile: 'choosy', intake: { goal: 'g' }, params: { b: 40 }, project_name: 'P' };
    const runId = await api.start(body, { metadata: { team: 'red' }, auto_advance: true });
    await api.reaches(runId, 'completed');
    const run = await api.run(runId);
    expect(run).toMatchObject({
      ...{ intake: { goal: 'g', pace: 3 }, params: { a: 1, b: 40 }, project_name: 'P', name: 'P' },
      ...{ auto_advance: true, budget: { usd: 3 }, profile_version: 1, metadata: { team: 'red' } },
    });
    expect((await api.node(runId, 'one%2Fx')).output).toEqual({ pace: 3, ab: 41 });
    const { rows } = await api.pool.query(
      `select input::jsonb -> 'budgets' as budgets from runs where run_id = $1`,
      [runId],
    );
    expect(rows[0].budgets).toEqual({
      ...{ profile: 'choosy', run: { usd: 3 }, phases: { one: { usd: 1 } } },
    });
  });

  it.each([
    ['an intake that does not fit', { intake: {} }, '/intake/goal'],
    ['fields of it that nobody asked for', { intake: { goal: 'g', zap: 1 } }, '/intake/zap'],
    [
      'params that the run sets itself',
      { intake: { goal: 'g' }, params: { intake: {} } },
      '/params/intake',
    ],
    [
      'a budget that degrades to nothing',
      { intake: { goal: 'g' }, budget: { usd: 1, on_crossing: 'degrade' } },
      '/budget/degrade_to',
    ],
    ['a profile that is not there', { profile: 'nobody' }, '/profile'],
    ['a version that is not there', { intake: { goal: 'g' }, profile_version: 7 }, '/profile'],
  ])('is refused with %s', async (_, more, path) => {
    const answer = await api.call(RUNS, { body: { profile: 'choosy', ...more } });
    expect([answer.status, answer.body.validation_errors?.[0].path]).toEqual([422, path]);
  });

  it('tells its agents what gates have found when it is executed again', async () => {
    const runId = await api.start({ profile: 'choosy', intake: { goal: 'g' } });
    api.blocked.set('one', 'error');
    expect((await api.next(runId)).status).toBe(422);
    expect((await api.node(runId, 'one%2Fy')).output).toEqual({ found: null });
    api.blocked.clear();
    expect((await api.next(runId)).status).toBe(200);
    expect((await api.node(runId, 'one%2Fy')).output).toMatchObject({
      found: { phase: 'one', passed: false, gates: [{ id: 'g' }] },
    });
    expect(await auditOf(runId)).toEqual([
      ...['run.created', 'run.advanced', 'run.reexecuted', 'run.advanced'],
    ]);
  });

  it('goes by itself through gates that block at first, once next is said', async () => {
    api.blocked.set('one', 'error');
    const runId = await api.start({ profile: 'two', auto_advance: true });
    await api.reaches(runId, 'failed');
    const deaf = await api.next(runId, { skip_validation: true });
    expect([deaf.status, deaf.body.validation_errors[0].path]).toEqual([422, '/skip_validation']);
    api.blocked.clear();
    expect((await api.next(runId)).status).toBe(200);
    await api.reaches(runId, 'completed');
  });

  it('is made once of many requests under one key', async () => {
    const make = (profile: string) =>
      api.call(RUNS, { body: { profile }, headers: { 'idempotency-key': 'one-run' } });
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => make('two')));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.run_id}`)).size).toBe(1);
    expect((await make('slow')).body.error_code).toBe('idempotency_mismatch');
  });

  it('is found by its profile', async () => {
    await api.start({ profile: 'slow' });
    const { body } = await api.call(`${RUNS}?profile=slow`);
    expect(body.total).toBeGreaterThan(0);
    expect(new Set(body.items.map((run: { profile: string }) => run.profile))).toEqual(
      new Set(['slow']),
    );
    expect((await api.call(`${RUNS}?profile=slow&kind=job`)).body.items).toEqual([]);
    expect((await api.call(`${RUNS}?profile=slow`, { token: user })).body.items).toEqual([]);
  });
});

describe('a clone', () => {
  it('has the same input, and goes the whole way again', async () => {
    const body = { profile: 'choosy', intake: { goal: 'same' }, project_name: 'P' };
    const runId = await api.start(body, { metadata: { a: 1 } });
    await api.next(runId);
    const clone = await api.deed(runId, 'clone');
    expect([clone.status, clone.body.current_phase, clone.body.project_name]).toEqual([
      201,
      'one',
      'P',
    ]);
    const cloned = await api.run(clone.body.run_id);
    expect(cloned).toMatchObject({
      forked_from: { run_id: runId },
      intake: { goal: 'same' },
      metadata: { a: 1 },
    });
    expect((await api.next(clone.body.run_id)).body.status).toBe('completed');
  });

  it('from a phase on has what the phases before it have left', async () => {
    door.open();
    const runId = await api.start({ profile: 'aside' });
    const early = await api.deed(runId, 'clone', { from_phase: 'last' });
    expect([early.status, early.body.detail]).toEqual([409, expect.stringContaining('"first" is')]);
    for (const _ of [1, 2, 3]) await api.next(runId);
    const before = api.executed().length;
    const clone = await api.deed(runId, 'clone', { from_phase: 'last', project_name: 'Again' });
    const cloneId = clone.body.run_id;
    const ready = await api.until(
      cloneId,
      (run) => statuses(run) === 'completed completed completed ready',
    );
    expect(ready.phases.map(({ kept }: { kept: boolean }) => kept)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect((await api.next(cloneId)).body.status).toBe('completed');
    const executed = api
      .executed()
      .slice(before)
      .filter((one) => /worker|door/.test(one));
    expect(executed).toEqual(['last/worker1']);
    expect((await api.deed(runId, 'clone', { from_phase: 'nowhere' })).status).toBe(422);
  });
});

describe('a task with a profile', () => {
  it('makes phased runs that go on by themselves', async () => {
    const task = {
      ...{ title: 'Nightly', schedule_kind: 'cron', schedule_expr: '0 3 * * *' },
      payload: { profile: 'choosy', intake: { goal: 'tasked' } },
    };
    const made = await api.call('/api/v1/tasks', { body: task });
    expect([made.status, made.body.detail]).toEqual([201, undefined]);
    const path = `/api/v1/tasks/${made.body.task_id}`;
    const fired = await api.call(`${path}/run_now`, { body: {} });
    expect(fired.status).toBe(200);
    const { body } = await api.call(`${RUNS}?task_id=${made.body.task_id}`);
    const [{ run_id: runId, kind, profile }] = body.items;
    expect([kind, profile]).toEqual(['phased', 'choosy']);
    await api.reaches(runId, 'completed');
    expect(await api.run(runId)).toMatchObject({
      ...{
        task_id: made.body.task_id,
        project_name: 'Nightly',
        intake: { goal: 'tasked', pace: 3 },
      },
    });
    expect((await api.call('/api/v1/doctor')).body.findings ?? []).toEqual([]);
  });

  it('is refused where its runs could not be made', async () => {
    const task = (payload: object) => ({
      ...{ title: 'Nightly', schedule_kind: 'cron', schedule_expr: '0 3 * * *', payload },
    });
    for (const [payload, path] of [
      [{ profile: 'nobody' }, '/payload/profile'],
      [{ profile: 'choosy', intake: {} }, '/payload/intake/goal'],
      [{ intake: {}, pipeline: [{ id: 'a', uses: 'work' }] }, '/payload/intake'],
    ] as const) {
      const { status, body } = await api.call('/api/v1/tasks', { body: task(payload) });
      expect([status, body.validation_errors[0].path]).toEqual([422, path]);
    }
  });
});
